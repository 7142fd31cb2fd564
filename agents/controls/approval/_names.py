"""How names are compared: of people, vendors, tenants and cost centres.

What a list gives is given to the names in it (`among`); what must be somebody else is held against all that looks alike
(`same_person`). So a look-alike name has no right, and is no second person either. Two names that a policy has both, such as
Ilse and Lise, are two people, if a reader can tell them apart (`told_apart`); a third that looks like them may be either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from infra.lookalikes import alike, told_apart
from infra.text import caseless

POLICY = "policy"
"""Who a decision is by that no person took."""


def key_of(name: str) -> str:
    """A name without what people do not tell apart: case, blanks around and doubled, spellings of one letter.

    >>> key_of("  Anna  MÜLLER ")
    'anna müller'
    """
    return caseless(name)


def among(name: str | None, names: Iterable[str]) -> bool:
    """Whether ``name`` is one of ``names``."""
    return name is not None and key_of(name) in {key_of(other) for other in names}


def same_person(name: str | None, names: Iterable[str]) -> bool:
    """Whether ``name`` may be that of one of ``names``, in whatever writing: see `alike`."""
    return name is not None and any(key_of(name) == key_of(other) or alike(name, other) for other in names)


def name_problem(name: str) -> str | None:
    """Why nobody can be called ``name``, in whatever is recorded or decided by it; None where somebody can."""
    if not alike(name, name):
        return "a person needs a name that can be read"
    if alike(name, POLICY):
        return f"{POLICY} is no person's name: that is how approvals without a person are recorded"
    return None


@dataclass(frozen=True)
class People:
    """Who is who where a person has several names: ``aliases`` are the others of each; ``named`` is whom a policy names beside
    these."""

    aliases: Mapping[str, Sequence[str]]
    named: Sequence[str] = ()

    def names_of(self, name: str | None) -> list[str]:
        """The names of the person called ``name``, that one first."""
        if name is None:
            return []
        others = [of for first, more in self.aliases.items() if among(name, of := [first, *more])]
        return [name, *(other for of in others for other in of)]

    def is_one_of(self, name: str | None, names: Iterable[str]) -> bool:
        """Whether it is the name of one of ``names``, as written or as an alias: for what a list gives."""
        return name is not None and any(among(name, self.names_of(other)) for other in names)

    def may_be_one_of(self, name: str | None, names: Iterable[str]) -> bool:
        """Whether it may be one of ``names`` in another writing, or by another name: for what must be somebody else."""
        mine = self._known(name)
        return any(self._may_be(other, mine) for of in names for other in self._known(of))

    def distinct(self, names: Iterable[str]) -> list[str]:
        """Each person once, as first named."""
        first: list[str] = []
        for name in names:
            if not self.may_be_one_of(name, first):
                first.append(name)
        return first

    def _known(self, name: str | None) -> list[str]:
        """`names_of`, whatever the writing of ``name``."""
        if name is None:
            return []
        others = [of for first, more in self.aliases.items() if self._may_be(name, of := [first, *more])]
        return [name, *(other for of in others for other in of)]

    def _may_be(self, name: str, names: Iterable[str]) -> bool:
        return any(same_person(name, [other]) and not self._both_named(name, other) for other in names)

    def _both_named(self, one: str, other: str) -> bool:
        known = {key_of(name) for name in (*self.named, *self.aliases, *chain.from_iterable(self.aliases.values()))}
        return key_of(one) != key_of(other) and {key_of(one), key_of(other)} <= known and told_apart(one, other)


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names for a sentence: ``anna, ben or carl``; of many the first, and how many more."""
    shown = [*names[:most], f"{len(names) - most} more"] if len(names) > most else list(names)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}" if shown else "nobody"
