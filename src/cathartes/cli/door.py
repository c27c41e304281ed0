"""What every verb shares: the application, its common options, the executor, the progress bar, and printing for people or programs.

The verbs themselves are in the modules beside this one, a discipline each; rooms are imported inside the verbs, so that
`cathartes --help` answers at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cathartes.errors import CathartesError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cathartes.plugins import Progress

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

FlightArgument = Annotated[Path, typer.Argument(metavar="FLIGHT", help="A flight folder.")]
WorkspaceOption = Annotated[Path, typer.Option("-w", "--workspace", help="The folder that keeps everything.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DaskOption = Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="Compute on the Dask cluster of this scheduler.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does this.")]
WORKSPACE = Path("workspace")


@contextmanager
def executor_for(dask: str | None) -> Iterator[Executor]:
    """Threads on this machine, or the workers of a Dask cluster; both are `concurrent.futures` executors."""
    if dask is None:
        import os
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(os.cpu_count()) as threads:
            yield threads
    else:
        try:
            from distributed import Client
        except ImportError:
            raise CathartesError("--dask needs the cluster extra: pip install 'cathartes[cluster]'") from None
        with Client(dask) as client, client.get_executor() as workers:
            yield workers


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar per step on standard error, where somebody watches; otherwise nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("read", total=1.0)
        yield lambda step, fraction: bar.update(task, description=step, completed=fraction)


def print_json(answer: Any) -> None:
    """One line of JSON on standard output."""
    from cathartes.model import json

    print(json.encode(answer).decode())


def print_table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table as wide as the terminal; its first column, an id to copy, is never cut."""
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(Column(headings[0], no_wrap=True), *headings[1:])
    for row in rows:
        table.add_row(*row)
    Console().print(table)
