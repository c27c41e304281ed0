"""From sources to leads before a reviewer: evidence, hypotheses, lawful emitters nearby, and what was not looked at."""

from cathartes.assess.lead import assemble

__all__ = ["assemble"]
