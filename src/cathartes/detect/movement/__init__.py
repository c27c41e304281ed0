"""What moves on the ground in a series of pictures: vehicles and activity at a site, never who.

`stabilise` brings neighbouring pictures onto one another, `difference` finds what does not stay, `links` keeps what moves as a
thing does, `parallax` leaves out what is tall and stands, `stops` follows on where a vehicle stands, `detector` is the plug-in and
puts tracks on the ground. `onnx_model` and `objects` do the same for what a user's own detector sees. No persons, faces or plates are
recognised anywhere.
"""
