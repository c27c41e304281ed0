"""The command line: each verb calls one function of a room or of the path and prints its answer for people, or with `--json` for programs.

Exit status 0 done, 1 bad input or refused (one sentence on standard error), 2 wrong usage. Each module below registers the verbs
of one discipline on the application of `cli.door`.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from cathartes import __version__
from cathartes.cli import airspace, cases, claims, counting, following, imaging, language, motion, network, path, retention, sites
from cathartes.cli.door import app
from cathartes.errors import BadInput, CathartesError

__all__ = [
    "airspace", "cases", "claims", "counting", "following", "imaging", "language", "main",
    "motion", "network", "path", "retention", "sites",
]  # fmt: skip


def main() -> None:
    """Run the command line; every error of ours becomes one sentence and exit status 1."""
    try:
        refuse_undecodable(sys.argv[1:])
        app()
    except CathartesError as problem:
        sentence = str(problem)
    except OSError as problem:
        sentence = f"{problem.filename} cannot be read or written: {problem.strerror}; check the name, the permissions and the space left"
    else:
        return
    print(f"cathartes: {sentence}", file=sys.stderr)
    raise SystemExit(1)


def refuse_undecodable(words: Sequence[str]) -> None:
    """Raises `BadInput` for a word that is no text: custody, the ledger and every product name files in UTF-8."""
    for word in words:
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            raise BadInput(f"{word!a} is not UTF-8; rename the file, or set the terminal to UTF-8")


@app.callback(invoke_without_command=True)
def about(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """From what an aircraft recorded to a reviewed, provable lead about a place."""
    if version:
        print(__version__)
