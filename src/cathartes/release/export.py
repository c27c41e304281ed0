"""The one door through which a release leaves in any format: nothing is written that `redact` did not make.

Formats are the installed writers (`cathartes.writers`); adding one is a module and an entry point.
"""

from cathartes.errors import BadInput, Refused
from cathartes.model import DESK, Release
from cathartes.plugins import installed
from cathartes.release.redact import redact


def formats() -> tuple[str, ...]:
    """The names of all installed formats."""
    return tuple(installed("writers"))


def suffix_of(format: str) -> str:
    """The end of the file names of a format."""
    return str(installed("writers")[format].suffix)


def export(release: Release, format: str) -> bytes:
    """The release in one format. Same release, same bytes.

    Raises `BadInput` for a format that is not installed, and `Refused` for a release that holds more than its audience may have,
    however it was made: redacting it once more must change nothing.
    """
    return export_all(release, (format,))[format]


def export_all(release: Release, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """The release in each of these formats, by format, checked once."""
    unknown = [name for name in wanted if name not in formats()]
    if unknown:
        raise BadInput(f"there is no format {unknown[0]!r}; there are {', '.join(formats())}")
    refuse_more_than_allowed(release)
    return {name: installed("writers")[name].write(release) for name in wanted}


def refuse_more_than_allowed(release: Release) -> None:
    """Refuse what `redact` would cut further; the sentence holds nothing of the release."""
    if release.audience != DESK and redact(release.lead, release.audience, release.by, release.at).lead != release.lead:
        raise Refused("this release holds more than its audience may have; make it with `redact`, never by hand")
