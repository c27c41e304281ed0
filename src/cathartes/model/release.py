"""The smaller thing one audience may have. Only `release.redact` makes one, before any format is written."""

from dataclasses import dataclass

from cathartes.model.custody import Instant
from cathartes.model.lead import Lead


@dataclass(frozen=True)
class Release:
    """A lead reduced to what `audience` may have, who released it and when (`None` for the desk's own products)."""

    id: str
    audience: str
    lead: Lead
    by: str
    at: Instant | None
