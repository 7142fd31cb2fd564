"""Documents held against a rulebook: what the rules of a house say of them, each with its evidence.

`by_code` answers the rules that code can; `ask_rules` asks a model about the rest.
"""

from agents.controls.rulebook._asking import ask_rule, ask_rules, unasked
from agents.controls.rulebook._assess import by_code
from agents.controls.rulebook._book import Rule, Rulebook
from agents.controls.rulebook._checks import CHECKS
from agents.controls.rulebook._facts import Facts
from agents.controls.rulebook._loading import (
    BadRulebook,
    keep_rulebook,
    kept_rulebook,
    kept_sanctions,
    load_rulebook,
    read_rulebook,
    shipped,
)
from agents.controls.rulebook._sanctions import BadSanctionsList, SanctionsList, read_sanctions

__all__ = [
    "CHECKS",
    "ask_rule",
    "read_sanctions",
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
