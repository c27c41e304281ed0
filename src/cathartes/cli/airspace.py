"""The verbs of airspace and authority: how sound a track is, whose sky it was in, and what a flight was allowed to collect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cathartes.cli.door import WORKSPACE, FlightArgument, JsonOption, WorkspaceOption, app, print_json, print_table

if TYPE_CHECKING:
    from cathartes.model.overflight import Apart, Overflight
    from cathartes.overflight import ZoneFiles
    from cathartes.requests import Reply

track = typer.Typer(no_args_is_help=True, help="Look at a track by itself.")
app.add_typer(track, name="track")

TrackArgument = Annotated[Path, typer.Argument(metavar="TRACK", help="A track: CSV, GPX, KML, ADS-B JSON, or video metadata.")]
KNOT_M_S = 1852 / 3600


@app.command()
def airspace(
    track: TrackArgument,
    state: Annotated[str, typer.Option("--state", metavar="ISO3", help="The state asked about, such as MEX.")],
    boundary: Annotated[
        list[Path] | None, typer.Option("--boundary", metavar="FILE", help="A GeoJSON boundary; named twice, two claims side by side.")
    ] = None,
    fir: Annotated[
        list[Path] | None, typer.Option("--fir", metavar="FILE", help="GeoJSON flight information regions, reported apart.")
    ] = None,
    eez: Annotated[
        list[Path] | None, typer.Option("--eez", metavar="FILE", help="GeoJSON exclusive economic zones, reported apart.")
    ] = None,
    max_speed_kt: Annotated[float, typer.Option("--max-speed-kt", min=1.0, help="What the aircraft is granted across gaps.")] = 600.0,
    workspace: Annotated[
        Path | None, typer.Option("-w", "--workspace", help="Keep it here, signed, and write the statement as a bundle.")
    ] = None,
    to: Annotated[str, typer.Option("--to", metavar="PARTNER", help="Whom the bundle is for.")] = "MEX",
    as_json: JsonOption = False,
) -> None:
    """Say when a track was in a state's airspace, when outside, and when neither can be proved."""
    from cathartes.model.overflight import ZoneKind
    from cathartes.overflight import overflight, side_by_side

    zones = [(ZoneKind.FIR, each) for each in fir or ()] + [(ZoneKind.EEZ, each) for each in eez or ()]
    answers = [overflight(track, state, each, max_speed_kt * KNOT_M_S, zones) for each in (boundary or (None,))]
    claims = side_by_side(answers) if len(answers) > 1 else None
    if workspace:
        write_bundle(track, state, boundary, max_speed_kt, zones, to, workspace)
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


@app.command()
def authority(flight: FlightArgument, as_json: JsonOption = False) -> None:
    """Say of every sensor's recording whether it was collected within the flight's authority; what cannot be told is a denial."""
    from cathartes.campaign import permissions_of
    from cathartes.messages import say
    from cathartes.model import Authority

    flown, decided = permissions_of(flight)
    if as_json:
        print_json({"flight": flown.id, "authority": flown.authority, "recordings": decided})
        return
    print(f"{flown.id}: {flown.authority_in_words or 'no authority stated'}")
    follows = "kept from release" if isinstance(flown.authority, Authority) else "yet released as the flight's marking says"
    for each in decided:
        print(f"{each.name}: {'allowed' if each.allowed else f'DENIED, {follows}'}")
        for check in each.checks:
            print(f"  {check.rule}: {check.standing}. {say(check.says, 'en')}")


@app.command()
def coverage(
    area: Annotated[Path, typer.Argument(metavar="AREA", help="A GeoJSON polygon: what was asked about.")],
    gas: Annotated[str | None, typer.Option("--gas", help="The gas, such as ch4.")] = None,
    video: Annotated[bool, typer.Option("--video", help="Ask the cameras instead: was it in view, and how finely?")] = False,
    workspace: WorkspaceOption = WORKSPACE,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A folder for GeoJSON and GeoTIFF.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a request over all flights: found, nothing down to a limit, could not see, or not looked."""
    from cathartes.requests import answered, files_of, told_of, viewed
    from cathartes.store import Workspace

    if bool(gas) is video:
        raise typer.BadParameter("name either --gas GAS or --video")
    with Workspace.existing(workspace) as opened:
        reply = answered(area, gas, opened) if gas else viewed(area, opened)
    if output:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in files_of(reply, area).items():
            (output / name).write_bytes(content)
    if as_json:
        print_json(told_of(reply) | {"timelines": reply.timelines})
    else:
        print_answer(reply)


def print_answer(reply: Reply) -> None:
    """The answer without its maps, a line for each part of it that there is."""
    from cathartes.messages import percent
    from cathartes.readers.times import iso_utc
    from cathartes.requests import told_of

    told = told_of(reply)
    shares, looks = told.pop("shares", ()), told.pop("looks", ())
    for name, value in told.items():
        if value is not None:
            print(f"{name}: {(', '.join(value) or 'none') if isinstance(value, tuple) else value}")
    for share in shares:
        print(f"{share.rate_kg_h:g} kg/h: would have been noticed in {percent(share.seen)} % of the area")
    for look in looks:
        print(f"{look.recording}: in view from {iso_utc(look.start_s)} to {iso_utc(look.end_s)}")
    for each in reply.timelines:
        on, blind = (sum(span.duration_s for span in spans) for spans in (each.looked, each.blind))
        print(f"{each.flight} {each.recording}: looked for {on:,.0f} s, blind for {blind:,.0f} s")


def write_bundle(
    track: Path, state: str, boundary: list[Path] | None, max_speed_kt: float, zones: ZoneFiles, to: str, workspace: Path
) -> None:
    """One signed bundle for each claim; their paths go to standard error, so that JSON stays JSON."""
    from cathartes.overflight import bundle
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        for each in boundary or (None,):
            path = bundle(track, state, each, max_speed_kt * KNOT_M_S, zones, to, opened)
            typer.echo(workspace / "products" / path, err=True)


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
    for zones in answer.apart:
        print_apart(zones)


def print_apart(zones: Apart) -> None:
    """When the track was in regions and zones that are no sovereign airspace, or may have been."""
    from cathartes.messages import say
    from cathartes.model import Statement

    source = zones.source
    print(f"\n{zones.kind.upper()}, which is no sovereign airspace, by {source.name}, {source.version}: {source.claim}")
    print(f"sha256 {source.sha256}")
    for zone in zones.zones:
        for each in zone.intervals:
            if each.verdict != "out":
                print(f"{zone.zone}  {each.aircraft}  {each.verdict.upper():9}  {each.start}  {each.end}  {each.reason}")
    print(say(Statement("airspace.zones_met", {"held": zones.held, "met": len(zones.zones)}), "en"))
