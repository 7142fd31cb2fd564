"""Short forms for the unseen set: documents of layouts and issuers that no program was tuned on."""

from typing import Any

from tests.evals.corpus.kit import Doc, Line, Num, Party, d8, dec


def doc(
    key: str,
    lang: str,
    number: str,
    date: str,
    seller: Party,
    buyer: Party,
    lines: list[Line],
    what: str,
    cur: str = "EUR",
    **more: Any,
) -> Doc:
    """A document; dates among the further fields may be ISO strings."""
    for name in ("due", "delivery"):
        if isinstance(more.get(name), str):
            more[name] = d8(more[name])
    return Doc(key, lang, number, d8(date), cur, seller, buyer, lines, what, **more)


def adj(label: str, amount: Num, rate: Num) -> tuple[str, Any, Any]:
    """A document-level allowance or charge."""
    return label, dec(amount), dec(rate)
