"""Documents held against a rulebook: what the rules of a house say of them, each with its evidence.

`by_code` answers the rules that code can; `ask_rules` asks a model about the rest. `graph` is an agent of its own that does both.
"""

from agents.controls.rulebook.asking import ask_rules, unasked
from agents.controls.rulebook.assess import by_code
from agents.controls.rulebook.book import Rule, Rulebook
from agents.controls.rulebook.facts import Facts
from agents.controls.rulebook.loading import (
    BadRulebook,
    keep_rulebook,
    kept_rulebook,
    kept_sanctions,
    load_rulebook,
    read_rulebook,
    shipped,
)
from agents.controls.rulebook.sanctions import BadSanctionsList, SanctionsList

__all__ = [
    "BadRulebook",
    "BadSanctionsList",
    "Facts",
    "Rule",
    "Rulebook",
    "SanctionsList",
    "ask_rules",
    "by_code",
    "keep_rulebook",
    "kept_rulebook",
    "kept_sanctions",
    "load_rulebook",
    "read_rulebook",
    "shipped",
    "unasked",
]
