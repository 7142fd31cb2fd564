"""How names are compared: of people, vendors, tenants and cost centres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from infra.text import caseless


def key_of(name: str) -> str:
    """A name without what people do not tell apart: case, blanks around and doubled, spellings of one letter.

    >>> key_of("  Anna  MÜLLER ")
    'anna müller'
    """
    return caseless(name)


def among(name: str | None, names: Iterable[str]) -> bool:
    """Whether ``name`` is one of ``names``."""
    return name is not None and key_of(name) in {key_of(other) for other in names}


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names for a sentence: ``anna, ben or carl``; of many the first, and how many more."""
    shown = [*names[:most], f"{len(names) - most} more"] if len(names) > most else list(names)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}" if shown else "nobody"
