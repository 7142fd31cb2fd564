"""Invoices that were sent before: as another file, under another number, in another writing; and what is none although it looks
like one: a credit note, a correction, next month's invoice of the same amount.

Two documents are compared by what they claim (see `infra.ledger.Claim`) and by a sketch of their text, since the text itself
does not travel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import blake2b

from agents.controls.firm_names import likeness as likeness_of_names
from agents.fields.rules import Rule
from agents.fields.schema import Fields
from agents.words import in_text, printed
from infra.ledger.keys import Likeness, likeness, near_amount, number_key, same_number
from infra.records import Claim, Finding, Severity, Status, Verdict, finding

SAME_NAME = 90.0
"""How alike, from 0 to 100, two sellers' names are where nothing better identifies them."""
MOST_NUMBERS = 96
"""Number-like tokens of a text that its sketch keeps, at most; the same ones whatever the order."""
MOST_WORDS = 48
DIFFERING_NUMBERS = 2
"""Of near-identical texts, in how many numbers they differ at most: an invoice's number misread, and where it stands again."""
REWRITTEN_NUMBERS = 5
"""In how many they differ at most where somebody has changed number, date and amount of one: with net amount and tax."""
ALIKE_WORDS = 0.8
"""Share of words that near-identical texts have in common."""
_NUMBERS = re.compile(r"\d[\d.,/'’-]*\d|\d")
_WORDS = re.compile(r"[^\W\d_]{3,}")
_BIT = 1 << 52
"""Set in the hash of a number, not in that of a word: one bit above the 52 of a hash, so that JSON keeps it exact."""


def sketch(text: str) -> list[int]:
    """By what a text is known again: hashes of its numbers of three digits or more, and of its words; each kind the lowest so
    many by hash, in order. The same in every process."""
    numbers = {"".join(c for c in token if c.isdecimal()) for token in _NUMBERS.findall(text)}
    words = {word.casefold() for word in _WORDS.findall(text)}
    kept_numbers = sorted(_hash(number) for number in numbers if len(number) >= 3)[:MOST_NUMBERS]
    return [_BIT | number for number in kept_numbers] + sorted(map(_hash, words))[:MOST_WORDS]


def near_identical(one: Sequence[int], other: Sequence[int], *, differing: int = DIFFERING_NUMBERS) -> bool:
    """Whether two texts say the same but for a number or two, as a page that was scanned again does; or for as many as are
    ``differing``."""
    numbers, words = _parted(one)
    others, other_words = _parted(other)
    if min(len(numbers), len(others)) < 5 or min(len(words), len(other_words)) < 5:
        return False  # too little to tell
    common = len(words & other_words) / len(words | other_words)
    return common >= ALIKE_WORDS and max(len(numbers - others), len(others - numbers)) <= differing


def duplicates(claim: Claim, others: Sequence[Claim], *, days: int = 10) -> list[Finding]:
    """What is found among ``others``, claims before this one, that may be the same invoice.

    Args:
        days: invoices of one vendor and amount at most so many days apart are told; with 0 neither these nor near-identical
            texts are, only the same number is.

    Returns:
        ``DUPLICATE`` (same vendor and number), ``DUPLICATE-NUMBER`` (same vendor and a number that looks like it; or one that
        resembles or extends it, with nearly the amount), ``DUPLICATE-TEXT`` (the same text but for a number or two, or for some
        more with nearly the amount and date), ``DUPLICATE-AMOUNT`` (same vendor, currency and amount or net amount, other number,
        near date; not where a posted credit note undoes the other): errors. ``CORRECTED`` (it says that it corrects the other,
        or one that is not on record): an error, since both must be settled. ``CREDIT-NOTE`` (it credits the other): information.
    """
    findings = []
    credited = _credited(others)
    for other in others:
        told = _compared(claim, other, days, other.number_key in credited)
        if told:
            rule, severity, what = told
            findings.append(
                finding(
                    rule,
                    severity,
                    f"{what} {_named(other)}, which {_standing(other)}",
                    "invoice_number",
                    execution_id=other.execution_id,
                    expected=claim.number,
                    found=other.number,
                    amount=None if other.amount is None else f"{other.amount} {other.currency or ''}".strip(),
                    issue_date=other.issue_date.isoformat() if other.issue_date else None,
                    status=other.status.value,
                )
            )
    corrected = any(said.rule == Rule.CORRECTED for said in findings)
    if claim.kind == "invoice" and claim.preceding and not corrected:
        message = f"it says that it corrects or replaces {claim.preceding}, which is not on record: it may still come"
        findings.append(
            finding(Rule.CORRECTED, Severity.ERROR, message, "invoice_number", expected=claim.preceding, found=None)
        )
    if not findings:
        findings = [
            finding(
                Rule.DUPLICATE,
                Severity.INFO,
                f"no other of {len(others)} like invoices is the same",
                verdict=Verdict.PASS,
            )
            if others
            else finding(
                Rule.DUPLICATE, Severity.INFO, "no invoice of this number or amount came before", verdict=Verdict.PASS
            )
        ]
    return findings


def _credited(others: Sequence[Claim]) -> set[str | None]:
    """Number keys of invoices that posted credit notes undo: what is billed anew after one is no duplicate for its amount."""
    posted = (other for other in others if other.kind == "credit_note" and other.status is Status.APPROVED)
    return {other.preceding for other in posted} - {None}


def _compared(claim: Claim, other: Claim, days: int, credited: bool) -> tuple[Rule, Severity, str] | None:
    """What the two are to each other; ``credited``: that a posted credit note undoes the other."""
    vendor = same_vendor(claim, other)
    amount = _same(claim.amount, other.amount) and claim.currency == other.currency
    number = same_number(claim.number, other.number)
    if claim.kind != other.kind:
        refers = claim.preceding is not None and claim.preceding == other.number_key
        if vendor and (refers or amount) and claim.kind == "credit_note":
            return Rule.CREDIT_NOTE, Severity.INFO, "it credits"
        if vendor and number and amount:
            # One of the two was taken wrongly.
            return Rule.DUPLICATE, Severity.ERROR, "it has vendor, number and amount of the credit note"
        return None
    if vendor and claim.kind == "invoice" and claim.preceding and claim.preceding == other.number_key:
        return Rule.CORRECTED, Severity.ERROR, "it corrects"
    if vendor and claim.kind == "invoice" and claim.number_key and claim.number_key == other.preceding:
        return Rule.CORRECTED, Severity.ERROR, "it is corrected by"
    if vendor and number:
        return Rule.DUPLICATE, Severity.ERROR, "it has vendor and number of"
    net = _same(claim.net, other.net) and claim.currency == other.currency
    near = net or claim.currency == other.currency and near_amount(claim.amount, other.amount)
    alike = likeness(claim.number, other.number)
    if vendor and alike is Likeness.LOOKS:
        return Rule.DUPLICATE_NUMBER, Severity.ERROR, "its number looks like that of"
    if vendor and near and (alike is Likeness.RESEMBLES or days and alike is Likeness.EXTENDS):
        return Rule.DUPLICATE_NUMBER, Severity.ERROR, "it has vendor and nearly the number and the amount of"
    same_text = near_identical(claim.tokens, other.tokens)
    if days and amount and same_text and (claim.tokens == other.tokens or not _months_apart(claim, other)):
        return Rule.DUPLICATE_TEXT, Severity.ERROR, "its text is nearly that of"
    if vendor and amount and claim.kind == "credit_note" and claim.preceding and claim.preceding == other.preceding:
        return Rule.DUPLICATE, Severity.ERROR, "it credits the same invoice as"
    if days and vendor and not credited and _apart(claim, other) <= days:
        if amount or net:
            what = "amount" if amount else "net amount"
            return Rule.DUPLICATE_AMOUNT, Severity.ERROR, f"it has vendor and {what} of, and nearly the date of,"
        if near and near_identical(claim.tokens, other.tokens, differing=REWRITTEN_NUMBERS):
            return Rule.DUPLICATE_TEXT, Severity.ERROR, "its text and its amount are nearly those of"
    return None


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    """Whether two sums are one, whatever their signs."""
    return one is not None and other is not None and abs(one) == abs(other)


def same_vendor(one: Claim, other: Claim) -> bool:
    """Whether two claims are of one vendor: by the master, by VAT id, else by name."""
    keys = (one.vendor_key or "", other.vendor_key or "")
    if keys[0] and keys[0] == keys[1]:
        return True
    if all(key.startswith("vendor:") for key in keys):
        return False
    if one.vat_id and other.vat_id:
        return number_key(one.vat_id) == number_key(other.vat_id)
    return bool(one.vendor and other.vendor) and likeness_of_names(one.vendor or "", other.vendor or "") >= SAME_NAME


def _apart(one: Claim, other: Claim) -> int:
    """Days between; where one has none they are taken to be near: doubt goes to a person."""
    if one.issue_date is None or other.issue_date is None:
        return 0
    return abs((one.issue_date - other.issue_date).days)


def _months_apart(one: Claim, other: Claim) -> bool:
    return _apart(one, other) >= 20


def _named(other: Claim) -> str:
    number = other.number or "an invoice without number"
    total = f" over {other.amount} {other.currency or ''}".rstrip() if other.amount is not None else ""
    return f"{number}{total} ({other.execution_id})"


def _standing(other: Claim) -> str:
    return {Status.APPROVED: "is posted", Status.REVIEW: "waits for a person"}.get(other.status, "is being processed")


_NOT_SETTLED = "".join(rf"(?<!{word} )" for word in printed("text.settles"))
_NUMBER_WORD = rf"(?:{in_text('text.number')}|n[°º])"
_REFERENCE = re.compile(
    rf"(?i)(?:{in_text('text.corrects')}|{_NOT_SETTLED}{in_text('text.speaks_of')})"
    rf"(?: ?{in_text('text.number')}[.:°º]*| ?n[°º]|nummer)?"
    rf"(?> {in_text('text.dated')} (?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d\d-\d\d)\b[,;]?(?: {_NUMBER_WORD}[.:]?)?)?"
    r"[ :#°.]*(?P<number>(?-i:(?:[A-Z]{1,5} )?[A-Z0-9][A-Za-z0-9./_-]{0,38}[A-Za-z0-9]))"
)
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d")
_MOST_LINES = 2000
_LONGEST_LINE = 500


def preceding_of(text: str, fields: Fields) -> str | None:
    """The number of the invoice that this one says it corrects or credits (BT-25), where it stands on one line behind words
    that say so, in German, French, English, Dutch, Spanish or Italian; never its own."""
    own = number_key(fields["invoice_number"].value) if "invoice_number" in fields else None
    for line in text.splitlines()[:_MOST_LINES]:
        for match in _REFERENCE.finditer(" ".join(line[:_LONGEST_LINE].split())):
            number = match["number"]
            if any(c.isdigit() for c in number) and not _DAY.fullmatch(number) and number_key(number) != own:
                return number
    return None


def _parted(tokens: Iterable[int]) -> tuple[set[int], set[int]]:
    numbers: set[int] = set()
    words: set[int] = set()
    for token in tokens:
        (numbers if token & _BIT else words).add(token)
    return numbers, words


def _hash(token: str) -> int:
    """52 bits: exact in whatever reads JSON."""
    return int.from_bytes(blake2b(token.encode(), digest_size=8).digest()) >> 12
