"""The verbs of motion imagery: metadata as a table, movement, and when a place was in view."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cathartes.cli.door import WORKSPACE, JsonOption, WorkspaceOption, app, print_json, print_table

DemOption = Annotated[Path | None, typer.Option("--dem", metavar="FILE", help="Heights above sea level, as a GeoTIFF.")]
StreamArgument = Annotated[Path, typer.Argument(metavar="STREAM", help="A transport stream, or bare KLV.")]


@app.command()
def klv(
    stream: StreamArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="One row per packet: .parquet or .csv.")],
    targets: Annotated[Path | None, typer.Option("--targets", metavar="FILE", help="One row per moving target: .parquet or .csv.")] = None,
    dem: DemOption = None,
) -> None:
    """Write a stream's metadata as a table, with frame centre and corners computed anew from the pose."""
    from cathartes.errors import BadInput
    from cathartes.model import Flight
    from cathartes.readers.height_grid import open_ground
    from cathartes.readers.motion.parts import read_in_parts
    from cathartes.readers.motion.table_out import refuse_other_suffix, write_tables

    for table in filter(None, (output, targets)):
        refuse_other_suffix(table)
    ground = open_ground(dem, Flight("unnamed"))[0] if dem else None
    known = read_in_parts(stream, ground)
    if not len(known.metadata):
        raise BadInput(f"{stream.name} holds no KLV metadata; `cathartes inspect` says what it holds")
    write_tables(known, output, targets)
    print(f"{output}: {len(known.metadata)} packets, {int(known.metadata.damaged.sum())} damaged")


@app.command()
def conform(stream: StreamArgument, as_json: JsonOption = False) -> None:
    """Say strictly which clauses of the standards a stream breaks; `inspect` reads leniently and repairs."""
    from cathartes.messages import say
    from cathartes.readers.motion.conformance import breaches

    found = [{"clause": one.clause, "sentence": say(one.statement, "en"), "count": one.count} for one in breaches(stream)]
    if as_json:
        print_json({"breaches": found})
    for one in found if not as_json else ():
        print(f"{one['clause']}: {one['sentence']} ({one['count']})")


@app.command()
def movers(
    pictures: Annotated[Path, typer.Argument(metavar="FRAMES_DIR|VIDEO", help="A folder of pictures, or a video.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="One row per moving thing and picture: .csv or .parquet.")],
) -> None:
    """Find what moves on the ground: frame, track, row, column, and longitude and latitude where the video says how it looked."""
    from cathartes.footage import movers_table
    from cathartes.readers.motion.table_out import refuse_other_suffix, write_table

    refuse_other_suffix(output)
    table, tracks = movers_table(pictures)
    write_table(table, output)
    print(f"{output}: {tracks} tracks, {table.num_rows} rows")


@app.command()
def objects(
    pictures: Annotated[Path, typer.Argument(metavar="FRAMES_DIR|VIDEO", help="A folder of pictures, or a video.")],
    model: Annotated[Path, typer.Option("--model", metavar="FILE.onnx", help="Your own detector; of vehicles, not of faces or plates.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="One row per box: .csv or .parquet; custody beside it.")],
) -> None:
    """Find what your own ONNX detector sees, moving or not, as tracks, on the ground where the video says how it looked."""
    from cathartes import footage

    about = footage.objects(pictures, model, output)
    print(f"{output}: {about['tracks']} tracks, {about['rows']} rows; model SHA-256 {about['model_sha256']}")
    if about["left_out"]:
        print(f"left out, as persons are never placed: {', '.join(about['left_out'])}")


@app.command()
def clip(
    stream: StreamArgument,
    start: Annotated[float, typer.Option("--from", metavar="SECONDS", help="Seconds since the first picture.")],
    end: Annotated[float, typer.Option("--to", metavar="SECONDS", help="Seconds since the first picture.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The clip, .ts; its custody is written beside it.")],
) -> None:
    """Cut a clip out of a stream, byte for byte, with its metadata and its security marking."""
    from cathartes import footage

    about = footage.clip(stream, start, end, output)
    print(f"{output}: SHA-256 {about['clip_sha256']}; marked {about['security'] or 'not at all'}")


@app.command()
def still(
    stream: StreamArgument,
    at: Annotated[float, typer.Option("--at", metavar="SECONDS", help="Seconds since the first picture.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder for the files.")],
    dem: DemOption = None,
) -> None:
    """Take one picture out of a video: PNG, KMZ with its footprint, GeoTIFF on the map, and its custody."""
    from cathartes import footage

    for path in footage.still(stream, at, output, dem):
        print(path)


@app.command()
def watch(
    stream: StreamArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="PAGE.html", help="The page; it needs nothing else.")],
    language: Annotated[str, typer.Option("--language", metavar="en|es", help="The language of the page.")] = "en",
) -> None:
    """Write a page on which the video is watched with its map, its footprint and its targets, offline."""
    from cathartes import footage

    footage.page(stream, language, output)
    print(output)


@app.command()
def index(
    streams: Annotated[list[Path], typer.Argument(metavar="STREAM...", help="Transport streams, or bare KLV.")],
    workspace: WorkspaceOption = WORKSPACE,
) -> None:
    """Add what videos had in view to the workspace's index, which `seen` searches; `run` does so too."""
    from cathartes import footage

    for name, stretches in footage.index(streams, workspace):
        print(f"{name}: stretches with the ground in view: {stretches}")


@app.command(context_settings={"ignore_unknown_options": True})
def seen(
    lon: Annotated[float, typer.Argument(metavar="LON", help="Degrees east.")],
    lat: Annotated[float, typer.Argument(metavar="LAT", help="Degrees north.")],
    start: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Not before this time (ISO 8601).")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Not after this time.")] = None,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """List every interval in which a place was in view of any indexed video."""
    from datetime import UTC, datetime

    from cathartes import footage

    intervals = footage.seen(lon, lat, start, end, workspace)
    times = [[datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds") for at in (one.start_s, one.end_s)] for one in intervals]
    lasting = [round(one.end_s - one.start_s, 3) for one in intervals]
    if as_json:
        print_json(
            [
                {"recording": one.recording, "digest": one.digest, "start_utc": begin, "end_utc": last, "seconds": seconds}
                for one, (begin, last), seconds in zip(intervals, times, lasting, strict=True)
            ]
        )
    elif not intervals:
        print("no indexed video had that place in view")
    else:
        rows = [
            (one.recording, *(time.partition("+")[0] for time in (begin, last)), f"{seconds:.1f}")
            for one, (begin, last), seconds in zip(intervals, times, lasting, strict=True)
        ]
        print_table(("recording", "from (UTC)", "to (UTC)", "seconds"), rows)
