"""Invoices that were sent before: as another file, under another number, in another writing; and what is none although it looks
like one: a credit note, a correction, next month's invoice of the same amount.

Two documents are compared by what they claim (see `infra.ledger.Claim`) and by a sketch of their text, since the text itself
does not travel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from agents.controls.firm_names import likeness
from agents.fields.rules import Rule
from agents.fields.schema import Fields
from agents.words import in_text, printed
from infra.ledger.keys import number_key
from infra.records import Claim, Finding, Severity, Status, Verdict, finding

SAME_NAME = 90.0
"""How alike, from 0 to 100, two sellers' names are where nothing better identifies them."""
MOST_NUMBERS = 96
"""Number-like tokens of a text that its sketch keeps, at most; the same ones whatever the order."""
MOST_WORDS = 48
DIFFERING_NUMBERS = 2
"""Of near-identical texts, in how many numbers they differ at most: an invoice's number misread, and where it stands again."""
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


def near_identical(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two texts say the same but for a number or two, as a page that was scanned again does."""
    numbers, words = _parted(one)
    others, other_words = _parted(other)
    if min(len(numbers), len(others)) < 5 or min(len(words), len(other_words)) < 5:
        return False  # too little to tell
    common = len(words & other_words) / len(words | other_words)
    return common >= ALIKE_WORDS and max(len(numbers - others), len(others - numbers)) <= DIFFERING_NUMBERS


def duplicates(claim: Claim, others: Sequence[Claim], *, days: int = 10) -> list[Finding]:
    """What is found among ``others``, claims before this one, that may be the same invoice.

    Args:
        days: invoices of one vendor and amount at most so many days apart are told; with 0 neither these nor near-identical
            texts are, only the same number is.

    Returns:
        ``DUPLICATE`` (same vendor and number), ``DUPLICATE-TEXT`` (the same text but for a number or two),
        ``DUPLICATE-AMOUNT`` (same vendor, currency and amount, other number, near date): errors. ``CORRECTED`` (it says that
        it corrects the other, or one that is not on record): an error, since both must be settled. ``CREDIT-NOTE``
        (it credits the other): information.
    """
    findings = []
    for other in others:
        told = _compared(claim, other, days)
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


def _compared(claim: Claim, other: Claim, days: int) -> tuple[str, Severity, str] | None:
    vendor = same_vendor(claim, other)
    amount = claim.amount is not None and other.amount is not None and abs(claim.amount) == abs(other.amount)
    amount = amount and claim.currency == other.currency
    number = same_number(claim.number, other.number)
    if claim.kind != other.kind:
        refers = claim.preceding is not None and claim.preceding == other.number_key
        if vendor and (refers or amount) and claim.kind == "credit_note":
            return "CREDIT-NOTE", Severity.INFO, "it credits"
        if vendor and number and amount:
            # One of the two was taken wrongly.
            return "DUPLICATE", Severity.ERROR, "it has vendor, number and amount of the credit note"
        return None
    if vendor and claim.kind == "invoice" and claim.preceding and claim.preceding == other.number_key:
        return "CORRECTED", Severity.ERROR, "it corrects"
    if vendor and claim.kind == "invoice" and claim.number_key and claim.number_key == other.preceding:
        return "CORRECTED", Severity.ERROR, "it is corrected by"
    if vendor and number:
        return "DUPLICATE", Severity.ERROR, "it has vendor and number of"
    same_text = near_identical(claim.tokens, other.tokens)
    if days and amount and same_text and (claim.tokens == other.tokens or not _months_apart(claim, other)):
        return "DUPLICATE-TEXT", Severity.ERROR, "its text is nearly that of"
    if vendor and amount and claim.kind == "credit_note" and claim.preceding and claim.preceding == other.preceding:
        return "DUPLICATE", Severity.ERROR, "it credits the same invoice as"
    if days and vendor and amount and _apart(claim, other) <= days:
        return "DUPLICATE-AMOUNT", Severity.ERROR, "it has vendor and amount of, and nearly the date of,"
    return None


def same_number(one: str | None, other: str | None) -> bool:
    """Whether two numbers are one in other writing: by their keys, or since one is the other without signs, which may keep the
    zeros that stood behind a sign (``RE-2026-17`` and ``RE20260017``)."""
    if not one or not other:
        return False
    keys = (number_key(one), number_key(other))
    return bool(keys[0]) and (keys[0] == keys[1] or _unsigned(one, other) or _unsigned(other, one))


def _unsigned(one: str, other: str) -> bool:
    groups = [group.lstrip("0") or "0" for group in _GROUPS.findall(one.casefold())]
    pattern = "".join(f"0*{group}" if group.isdigit() else re.escape(group) for group in groups)
    return len(groups) > 1 and re.fullmatch(pattern, "".join(_GROUPS.findall(other.casefold()))) is not None


_GROUPS = re.compile(r"[^\W\d_]+|[0-9]+")


def same_vendor(one: Claim, other: Claim) -> bool:
    """Whether two claims are of one vendor: by the master, by VAT id, else by name."""
    keys = (one.vendor_key or "", other.vendor_key or "")
    if keys[0] and keys[0] == keys[1]:
        return True
    if all(key.startswith("vendor:") for key in keys):
        return False
    if one.vat_id and other.vat_id:
        return number_key(one.vat_id) == number_key(other.vat_id)
    return bool(one.vendor and other.vendor) and likeness(one.vendor or "", other.vendor or "") >= SAME_NAME


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
