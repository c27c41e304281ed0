"""The verbs of airspace: how sound a track is, and whose sky it was in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cathartes.cli.door import JsonOption, app, print_json, print_table

if TYPE_CHECKING:
    from cathartes.overflight import Overflight

track = typer.Typer(no_args_is_help=True, help="Look at a track by itself.")
app.add_typer(track, name="track")

TrackArgument = Annotated[Path, typer.Argument(metavar="TRACK", help="A track: CSV, GPX, KML or ADS-B JSON.")]
KNOT_M_S = 1852 / 3600


@app.command()
def airspace(
    track: TrackArgument,
    state: Annotated[str, typer.Option("--state", metavar="ISO3", help="The state asked about, such as MEX.")],
    boundary: Annotated[
        list[Path] | None, typer.Option("--boundary", metavar="FILE", help="A GeoJSON boundary; named twice, two claims side by side.")
    ] = None,
    max_speed_kt: Annotated[float, typer.Option("--max-speed-kt", min=1.0, help="What the aircraft is granted across gaps.")] = 600.0,
    as_json: JsonOption = False,
) -> None:
    """Say when a track was in a state's airspace, when outside, and when neither can be proved."""
    from cathartes.overflight import overflight, side_by_side

    answers = [overflight(track, state, each, max_speed_kt * KNOT_M_S) for each in (boundary or (None,))]
    claims = side_by_side(answers) if len(answers) > 1 else None
    if as_json:
        print_json(claims or answers[0])
        return
    for answer in answers:
        print_overflight(answer)
    if claims:
        print(f"the claims contradict each other for {claims.contradicted_s:,.0f} s")


@track.command()
def check(
    track: TrackArgument,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Every fix with its flags, as CSV.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Flag every fix that is held, repeated, impossible, shifted in time or spoofed; none is dropped."""
    from cathartes.overflight import checked

    fixes, counts = checked(track)
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(fixes)
    if as_json:
        print_json(counts)
    else:
        print_table(("fixes", "number"), [(name, str(number)) for name, number in vars(counts).items()])


def print_overflight(answer: Overflight) -> None:
    """The intervals as a table, what they rest on, and what must be known before they are believed."""
    from cathartes.messages import say

    print(f"{answer.state} by {answer.boundary.name}, {answer.boundary.version}: {answer.boundary.claim}")
    print(f"sha256 {answer.boundary.sha256}")
    for each in answer.intervals:
        print(f"{each.aircraft}  {each.verdict.upper():9}  {each.start}  {each.end}  {each.reason}, closest {each.closest_km:,.3f} km")
    for note in answer.notes:
        print(f"! {say(note, 'en')}")
    if answer.boundary.attribution:
        print(answer.boundary.attribution)
