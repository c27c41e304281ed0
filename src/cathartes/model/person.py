"""Who signs a decision: a name and a reason that are there, and whether two names are one person's."""

from cathartes.errors import BadInput


def named(by: str) -> None:
    """Refuse an empty name."""
    _given("--by", by)


def signed(by: str, why: str) -> None:
    """Refuse a decision without a name or a reason."""
    _given("--why", why)
    _given("--by", by)


def _given(option: str, text: str) -> None:
    if not text.strip():
        raise BadInput(f"{option} is empty; a decision needs a person and a reason")


def is_same_person(one: str, other: str) -> bool:
    """Whether two names mean one person: case and spacing do not make a second one, nor an organisation in brackets after the name.

    People of several organisations work on one lead as `Ana Ruiz (CENAPI)`; two who share a name need their second names too.
    """
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return " ".join(name.casefold().partition("(")[0].split())
