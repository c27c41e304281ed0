"""cathartes turns what an aircraft recorded into a reviewed, provable lead about a place.

Start reading at `cathartes.campaign`: the whole path on one page.
"""

__version__ = "0.1.0"
