"""One published number of drug seizures, and the rules by which its publisher counted."""

from dataclasses import dataclass

from cathartes.model.counting import Counting

CBP = "US Customs and Border Protection"
YEAR = "US fiscal, from 1 October"

EVENT_RULE = Counting(CBP, "seizure events", "1", year=YEAR)
WEIGHT_RULE = Counting(CBP, "weight seized", "lb", year=YEAR)
"""The files do not say whether weights are gross or net."""


@dataclass(frozen=True)
class Seizure:
    """One cell of the publication."""

    fiscal_year: int
    month: str
    component: str
    region: str
    land: str
    area: str
    drug: str
    events: int
    pounds: float
