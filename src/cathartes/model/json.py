"""Nouns to JSON and back, without loss: one canonical form, so that equal nouns have equal bytes and equal digests."""

from typing import Any, TypeVar

import msgspec

from cathartes.errors import BadInput

Noun = TypeVar("Noun")


def encode(noun: Any) -> bytes:
    """Canonical JSON of a noun: UTF-8, keys sorted, no space, times as RFC 3339 in UTC."""
    return msgspec.json.encode(noun, order="sorted")


def decode(content: bytes, kind: type[Noun]) -> Noun:
    """The noun of class `kind` that `content` holds. Raises `BadInput` naming the first field that does not fit."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise BadInput(f"this is not a {kind.__name__} as cathartes writes it: {problem}") from None
