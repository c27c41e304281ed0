"""From sources to leads before a reviewer: evidence, hypotheses, lawful emitters nearby, and what was not looked at."""

from cathartes.assess.lead import assemble
from cathartes.assess.permission import permissions
from cathartes.assess.search_area import search_region

__all__ = ["assemble", "permissions", "search_region"]
