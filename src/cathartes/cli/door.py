"""What every verb shares: the application, its common options, the executor, the progress bar, and printing for people or programs.

The verbs themselves are in the modules beside this one, a discipline each; rooms are imported inside the verbs, so that
`cathartes --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cathartes.errors import CathartesError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cathartes.plugins import Progress

DISCIPLINES = {
    "The path: from a flight folder to leads": ("path",),
    "Leads, reviews, releases": ("cases",),
    "After a release": ("following",),
    "What came of it": ("counting",),
    "Whose sky": ("airspace",),
    "Gas in cubes": ("imaging",),
    "Motion imagery": ("motion",),
    "Spanish and English": ("language",),
    "Names and networks": ("network", "claims"),
    "Sites of many flights": ("sites",),
    "Retention and erasure": ("retention",),
}
"""What `cathartes --help` calls the verbs of the modules beside this one, in the order of work."""


WHOLE_SENTENCE = 200
"""Letters enough for the first sentence of every verb's help: cut short, half of them would not say what the verb does."""


class ByDiscipline(TyperGroup):
    """The application's verbs, listed under their disciplines."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One heading a discipline, verbs in the order in which their module has them."""
        verbs = [(verb, _module(verb)) for name in self.list_commands(ctx) if (verb := self.get_command(ctx, name))]
        broad = max(len(verb.name or "") for verb, _ in verbs)
        for heading, modules in DISCIPLINES.items():
            with formatter.section(heading):
                own = [verb for verb, module in verbs if module in modules]
                formatter.write_dl([((verb.name or "").ljust(broad), verb.get_short_help_str(limit=WHOLE_SENTENCE)) for verb in own])


def _module(verb: Any) -> str:
    """The last part of the name of the module that has this verb, or the first one of a group of verbs."""
    while isinstance(verb, TyperGroup):
        verb = next(iter(verb.commands.values()))
    return str(verb.callback.__module__).rpartition(".")[2]


app = typer.Typer(cls=ByDiscipline, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

FlightArgument = Annotated[Path, typer.Argument(metavar="FLIGHT", help="A flight folder.")]
WorkspaceOption = Annotated[Path, typer.Option("-w", "--workspace", help="The folder that keeps everything.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DaskOption = Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="Compute on the Dask cluster of this scheduler.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does this.")]
WORKSPACE = Path("workspace")


@contextmanager
def executor_for(dask: str | None) -> Iterator[Executor]:
    """Threads on this machine, or the workers of a Dask cluster; both are `concurrent.futures` executors.

    Ctrl-C ends the program at once, with status 130: leaving the threads would wait minutes for a search that nobody wants any more,
    and what is stored may be cut off anywhere.
    """
    if dask is None:
        import os
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(os.cpu_count()) as threads:
            try:
                yield threads
            except KeyboardInterrupt:
                print("cathartes: stopped; nothing stored is lost, and the same command goes on from there", file=sys.stderr, flush=True)
                os._exit(130)
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


def print_made(made: Any, sentence: str, *, as_json: bool) -> None:
    """What a verb recorded: as JSON for programs, as a sentence for people."""
    if as_json:
        print_json(made)
    else:
        print(sentence)


def print_table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table as wide as the terminal; its first column, an id to copy, is never cut."""
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(Column(headings[0], no_wrap=True), *headings[1:], show_edge=False)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
