"""The verbs of motion imagery: metadata as a table, movement, and when a place was in view."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cathartes.cli.door import app

StreamArgument = Annotated[Path, typer.Argument(metavar="STREAM", help="A transport stream, or bare KLV.")]


@app.command()
def klv(
    stream: StreamArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="One row per packet: .parquet or .csv.")],
    targets: Annotated[Path | None, typer.Option("--targets", metavar="FILE", help="One row per moving target: .parquet or .csv.")] = None,
    dem: Annotated[Path | None, typer.Option("--dem", metavar="FILE", help="Heights above sea level, as a GeoTIFF.")] = None,
) -> None:
    """Write a stream's metadata as a table, with frame centre and corners computed anew from the pose."""
    from cathartes.model import Flight
    from cathartes.readers.height_grid import open_ground
    from cathartes.readers.motion.reader import read_stream
    from cathartes.readers.motion.table_out import packet_table, target_table, write_table

    ground = open_ground(dem, Flight("unnamed"))[0] if dem else None
    known = read_stream(stream, ground)
    write_table(packet_table(known), output)
    if targets is not None:
        write_table(target_table(known), targets)
    print(f"{output}: {len(known.metadata)} packets, {int(known.metadata.damaged.sum())} damaged")
