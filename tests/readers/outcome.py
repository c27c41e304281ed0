"""What came of reading something broken: the result, or the one sentence that says what is wrong. Anything else fails the test."""

from collections.abc import Callable
from typing import TypeVar

from cathartes.errors import BadInput

Result = TypeVar("Result")


def outcome(act: Callable[[], Result]) -> Result | str:
    """What `act` returns, or the sentence of the `BadInput` that it raises."""
    try:
        return act()
    except BadInput as problem:
        return str(problem)
