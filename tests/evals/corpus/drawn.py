"""All invoices that can be drawn."""

from tests.evals.corpus import dach, english, romance, south_north
from tests.evals.corpus.kit import Case


def cases() -> list[Case]:
    """Of every issuer; no two have one id."""
    return [*dach.cases(), *romance.cases(), *english.cases(), *south_north.cases()]
