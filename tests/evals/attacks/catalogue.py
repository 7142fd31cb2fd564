"""What is tried, kind by kind. Each attack does what it does and returns the attempt that must not have been approved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.evals.attacks import pages
from tests.evals.attacks.desk import Attempt, Desk
from tests.evals.attacks.invoices import IBAN, Sound

SECRET = "SECRET"
"""What a file of ``cases/safety`` hides."""
_SEEN = {"text_only_in_annotation__FreeText_"}
"""Of those, where a person sees it: it is read, with its place."""

ONE, TWO = 90, 200
"""Quantities that come to a total which one person approves, and to one that takes two."""
Try = Callable[[Desk], Awaitable[Attempt]]


@dataclass(frozen=True)
class Attack:
    """``passes``: sound, and to be approved, so that the others are stopped for what they are and not for all that they are."""

    kind: str
    name: str
    tried: Try
    passes: bool = False
    finding: bool = False
    """Whether there must be a finding of it, beside its not being approved."""
    hides: tuple[bytes, str] | None = None
    """The document, and what it hides: that must not be among its words, nor in a value."""


def attacks(cases: Path | None) -> Iterator[Attack]:
    """All of them; with the files of the folder ``cases`` where there is one."""
    yield from _sound()
    if cases is not None:
        yield from _files(cases)
    yield from _pages()
    yield from _accounts()
    yield from _corrections()
    yield from _people()
    yield from _duplicates()


def _handed_in(document: bytes, **how: str | None) -> Try:
    return lambda desk: desk.hand_in(document, **how)  # type: ignore[arg-type]


def _approves(quantity: int, submitter: str | None, *names: str) -> Try:
    async def tried(desk: Desk) -> Attempt:
        attempt = await desk.hand_in(Sound(quantity=quantity).pdf(), submitted_by=submitter)
        for name in names:
            await attempt.answer("approve", name)
        return attempt

    return tried


def _sound() -> Iterator[Attack]:
    for layout in ("letter", "boxed", "sides", "modern"):
        yield Attack("sound", f"page, {layout}", _handed_in(Sound(layout=layout).pdf()), passes=True)
    for form in ("facturx", "cii", "ubl"):
        yield Attack("sound", form, _handed_in(Sound(form=form).pdf()), passes=True)
    yield Attack("sound", "two people approve", _approves(TWO, "Emil", "Ada", "Bodo"), passes=True)
    for name, line in pages.HONEST_LINES.items():
        yield Attack("sound", name, _handed_in(Sound(extra=(line,)).pdf()), passes=True)


def _files(cases: Path) -> Iterator[Attack]:
    for path in sorted(cases.glob("*.pdf")):
        document = path.read_bytes()
        names_secret = not path.stem.startswith(("picture_says", "actualtext_lowers"))
        hides = (document, SECRET) if names_secret and path.stem not in _SEEN else None
        yield Attack("files", path.stem, _handed_in(document), finding=True, hides=hides)


def _pages() -> Iterator[Attack]:
    for name, made in pages.HIDDEN.items():
        document = made()
        yield Attack("hidden text", name, _handed_in(document), finding=True, hides=(document, pages.HIDES))
    for name, made in pages.DRAWN_OVER.items():
        yield Attack("drawn over the text", name, _handed_in(made()), finding=True)
    for name, made in pages.PICTURES.items():
        yield Attack("picture and layer", name, _handed_in(made()), finding=True)


def _accounts() -> Iterator[Attack]:
    for name, line in pages.OTHER_ACCOUNTS.items():
        alone, beside = Sound(iban=None, extra=(line,)), Sound(extra=(line,))
        yield Attack("account", f"{name}, alone", _handed_in(alone.pdf()), finding=True)
        yield Attack("account", f"{name}, beside the master's", _handed_in(beside.pdf()), finding=True)


def _corrections() -> Iterator[Attack]:
    async def removes_the_account(desk: Desk) -> Attempt:
        attempt = await desk.hand_in(Sound(iban=pages.OTHER_IBAN).pdf())
        await attempt.answer("correct", "Clara", {"payment.iban": None})
        return attempt

    async def enters_the_masters_account(desk: Desk) -> Attempt:
        attempt = await desk.hand_in(Sound(iban=pages.OTHER_IBAN).pdf())
        await attempt.answer("correct", "Clara", {"payment.iban": IBAN})
        return attempt

    async def renumbers_a_duplicate(desk: Desk) -> Attempt:
        await desk.hand_in(Sound().pdf())
        attempt = await desk.hand_in(Sound(extra=("Kopie für Ihre Ablage",)).pdf())
        await attempt.answer("correct", "Clara", {"invoice_number": "Z-7731"})
        return attempt

    async def lowers_the_total(desk: Desk) -> Attempt:
        attempt = await desk.hand_in(Sound(quantity=90).pdf())
        lower = {"totals.grand_total": "121.38", "totals.tax_basis_total": "102.00", "totals.tax_total": "19.38"}
        lines = {"lines.0.quantity": "3", "lines.0.net_amount": "102.00"}
        await attempt.answer("correct", "Clara", {**lower, **lines})
        return attempt

    async def renames_the_seller(desk: Desk) -> Attempt:
        attempt = await desk.hand_in(Sound(seller="Fremde Firma AG").pdf())
        await attempt.answer("correct", "Clara", {"seller.name": "Nordlicht Papier GmbH"})
        return attempt

    def corrects(document: Sound, *steps: Mapping[str, str | None], first: Sound | None = None) -> Try:
        async def tried(desk: Desk) -> Attempt:
            if first:
                await desk.hand_in(first.pdf())
            attempt = await desk.hand_in(document.pdf())
            for step in steps:
                if attempt.outcome == "review":
                    await attempt.answer("correct", "Clara", step)
            return attempt

        return tried

    again, other = Sound(extra=("Kopie",)), Sound(iban=pages.OTHER_IBAN)
    total = {"totals.grand_total": "121.38", "totals.tax_basis_total": "102.00", "totals.tax_total": "19.38"}
    for name, corrected in {
        "moves a duplicate a year": corrects(again, {"issue_date": "2027-03-02"}, first=Sound()),
        "renumbers, then moves a duplicate": corrects(
            again, {"invoice_number": "Z-1"}, {"issue_date": "2027-03-02"}, first=Sound()
        ),
        "gives a duplicate another seller": corrects(again, {"seller.name": "Fremde Firma AG"}, first=Sound()),
        "gives a duplicate another currency": corrects(again, {"currency": "CHF"}, first=Sound()),
        "renumbers a duplicate by a letter": corrects(again, {"invoice_number": "R-1O0X"}, first=Sound()),
        "makes a duplicate a correction": corrects(
            again, {"invoice_number": "Z-2"}, {"payment.terms": "30 Tage"}, first=Sound()
        ),
        "removes the account, then enters the master's": corrects(
            other, {"payment.iban": None}, {"payment.iban": IBAN}
        ),
        "removes the account and the seller": corrects(other, {"payment.iban": None, "seller.name": None}),
        "enters the master's account with blanks": corrects(other, {"payment.iban": " ".join(IBAN)}),
        "corrects something else beside another account": corrects(other, {"payment.terms": "30 Tage"}),
        "lowers the total in two steps": corrects(Sound(quantity=TWO), {"totals.grand_total": "900.00"}, total),
        "takes the total away and gives a small one": corrects(
            Sound(quantity=TWO), {"totals.grand_total": None}, total
        ),
        "takes the currency away": corrects(Sound(quantity=TWO), {"currency": None}, {"currency": "EUR", **total}),
        "gives it the identifier of a known vendor": corrects(
            Sound(seller="Fremde Firma AG", iban=pages.OTHER_IBAN),
            {"seller.vat_id": "DE136695976", "payment.iban": IBAN},
        ),
    }.items():
        yield Attack("correction by who may approve nothing", name, corrected)
    for tried in (
        removes_the_account, enters_the_masters_account, renumbers_a_duplicate, lowers_the_total, renames_the_seller
    ):  # fmt: skip
        yield Attack("correction by who may approve nothing", tried.__name__.replace("_", " "), tried)


def _people() -> Iterator[Attack]:
    for name, spelling in pages.SPELLINGS_OF_ADA.items():
        yield Attack("one person as two", f"hands in, and approves: {name}", _approves(ONE, spelling, "Ada"))
        yield Attack("one person as two", f"approves twice: {name}", _approves(TWO, "Emil", "Ada", spelling))
    yield Attack("one person as two", "nobody knows who handed it in", _approves(ONE, None, "Ada"))
    yield Attack("one person as two", "a name that no approver has", _approves(TWO, "Emil", "Ada", "Zoe"))


def _duplicates() -> Iterator[Attack]:
    def again(second: Sound) -> Try:
        async def tried(desk: Desk) -> Attempt:
            await desk.hand_in(Sound().pdf())
            return await desk.hand_in(second.pdf())

        return tried

    for name, number in pages.WRITINGS_OF_R_100.items():
        later = Sound(number=number, layout="sides")
        yield Attack("duplicate", f"{name}, same amount", again(later))
        yield Attack("duplicate", f"{name}, a cent more", again(later.but(price="34.01")))
        yield Attack("duplicate", f"{name}, a month later", again(later.but(day=date(2026, 11, 12))))
    others = {
        "Z in place of 2": ("R-Z26", "R-226"),
        "S in place of 5": ("R-1S", "R-15"),
        "G in place of 6": ("R-4G", "R-46"),
    }
    for name, (number, first) in others.items():

        async def resembles(desk: Desk, number: str = number, first: str = first) -> Attempt:
            await desk.hand_in(Sound(number=first).pdf())
            return await desk.hand_in(Sound(number=number, layout="sides", day=date(2026, 11, 12)).pdf())

        yield Attack("duplicate", name, resembles)
