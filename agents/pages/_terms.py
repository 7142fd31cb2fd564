"""Header terms by code: numbers, dates, references, identifiers, currency, terms of payment, the kind of document.

Each is chosen among its candidates by the label that announces it, by check digits, or for being the only one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from stdnum import bic
from stdnum.fr import siren

from agents.documents.layout import Cell, Layout
from agents.fields import identifiers, values
from agents.fields.days import DAY
from agents.fields.grounds import Ground
from agents.pages._candidates import Candidate, Candidates
from agents.pages._parties import Parties, country_of
from agents.words import in_text, is_label, normalised, pattern, phrases, printed

Kind = Literal["invoice", "credit_note", "other"]
Paid = Literal["early", "in full"]

_VAT_SHAPE = re.compile(rf"(?<![A-Za-z0-9])(?:{identifiers.VAT_ID_SHAPE})(?![A-Za-z0-9])")
_IBAN_SHAPE = re.compile(rf"(?<![A-Za-z0-9]){identifiers.iban_shape()}(?![A-Za-z0-9])")
_BIC_SHAPE = re.compile(rf"(?<![A-Za-z0-9]){identifiers.BIC_SHAPE}(?![A-Za-z0-9])")
_REGISTER = re.compile(
    r"\b(?:HR[AB]? ?-?\d[\d ]{2,7}\d(?: [A-Z]\b)?|FN ?\d{5,6} ?[a-z]\b|OC ?\d{6}\b|CR[ON] ?\d{5,8}\b)"
)
"""Numbers that name their register: Handelsregister, Firmenbuch, Companies House (LLP), CRO."""
_NUMBER_SHAPE = re.compile(r"(?<![\w.,])\d(?:[\d ./-]{3,20}\d)(?!\w|,\d)")
_TOWN = re.compile(r"\d{4,5} [A-ZÀ-Þ][a-zà-ÿ]")
_INVOICE = in_text("text.invoice")
_REFERRED = re.compile(rf"(?i){in_text('text.refers')}[^:]{{0,12}}{_INVOICE}")
"""A label of another invoice, which this one corrects or speaks of."""
_ANOTHER = re.compile(
    rf"{phrases('sentences.another_invoice').pattern}(?:\w+ )?\w*(?:{'|'.join(map(normalised, printed('text.invoice')))})"
)
"""Speaks of another invoice than this one."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_CREDIT = phrases("labels.credit")
_DOCUMENT = pattern("labels.document")
_OTHERS = "|".join(map(normalised, printed("text.other_document")))
_ISSUED = re.compile(rf"(?:^|.* ){_DOCUMENT}(?:(?!{_OTHERS}).){{0,80}}\d\S* {pattern('labels.issued_before_day')}")
"""An invoice with its number, and the word before its day: ``Rechnung Nr. 17 vom``."""
_BEFORE_DAY = in_text("text.place_before_day")
_PLACE = r"[A-ZÀ-Þ][\w.'’ -]{2,30}"
_PLACE_AND_DAY = re.compile(
    rf"(?:(?:(?i:{in_text('text.made_at')}) |[AÀ] )?{_PLACE},(?i: {_BEFORE_DAY})?"
    rf"|(?i:{in_text('text.made_at')}) {_PLACE}(?i: {_BEFORE_DAY})?)$"
)
"""Where and when an invoice was made: ``Hamburg, den``, ``Fait à Brest, le``. A word and ``le`` alone say what was done."""
_BARE = phrases("labels.bare_date")
_NUMBER_AND_DAY = re.compile(
    rf"(?:^| )(\S*\d\S*) (?:{pattern('labels.before_day')}|{pattern('labels.issued_before_day')})$"
)
"""A number and the word before its day: ``HS-2418 from``."""
_BROKEN_OFF = re.compile(r" ?[-\u2010-\u2013/]")
_CLAUSE = re.compile(r"[,;(]|\.(?!\d)")
_EARLY, _IN_FULL = phrases("sentences.paid_early"), phrases("sentences.paid_in_full")
_OTHERS_NUMBERS = ("purchase_order_ref", "customer_number")
_IDENTIFIERS = ("vat_id", "tax_number", "iban")
_APART = 0.09
"""By how much less a rival is announced than what is chosen: less than a heading above a value than words before it."""
_PLAIN = 0.7
"""How strongly a label has to announce a number to say which days are another's."""
_PRO_FORMA = re.compile(r"\bpro ?forma")
_PENALTY = phrases("sentences.penalty")
"""What happens if it is paid late: no terms of payment."""
_TERMS = phrases("sentences.payment_wording")
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("credit_note", re.compile(rf"{pattern('labels.title_credit_note')}.{{0,40}}")),
    ("other", re.compile(rf"{pattern('labels.title_other')}(?:(?:nr|no|n|#|(?:[a-z]{{1,4}} )?\S*\d\S*).{{0,30}})?")),
    ("invoice", re.compile(rf"(?:.{{0,20}} )?(?:{_DOCUMENT}|{pattern('labels.title_invoice')}).{{0,60}}")),
)
"""Titles, the likeliest to be meant first: an ``invoice`` in the title of a credit note does not make it one."""


@dataclass(frozen=True)
class Choice:
    """What code makes of a term: the best candidate with how strongly it is announced, and all others worth a choice."""

    best: Candidate | None
    strength: float
    grounds: tuple[Ground, ...]
    others: tuple[Candidate, ...] = ()


def title_of(layout: Layout) -> tuple[Cell, Kind] | None:
    """The largest or first title, and what it calls the document; None if none does."""
    best: tuple[float, Cell, Kind] | None = None
    for cell in layout.cells():
        if kind := kind_named(cell.text):
            size = (
                cell.height * (1.5 if cell.text.isupper() else 1.0) * (1 - 0.5 * cell.line / max(len(layout.lines), 1))
            )
            if best is None or size > best[0] + 0.01:
                best = size, cell, kind
    return best[1:] if best else None


def kind_named(title: str) -> Kind | None:
    """What a title calls its document; None if it is none."""
    plain = normalised(title)
    for kind, pattern_of_kind in _KINDS:
        if len(plain) < 90 and pattern_of_kind.fullmatch(plain):
            return "other" if _PRO_FORMA.search(plain) else kind  # asks for no payment, wherever the word stands
    return None


class Terms:
    """Choices of the header terms of one document."""

    def __init__(self, candidates: Candidates, parties: Parties) -> None:
        self._all = candidates
        self._parties = parties

    def invoice_number(self) -> Choice:
        """The number next to a label of one; not a customer's or an order's, not in brackets (a code of UNTDID 1001)."""
        scored = []
        credit = self.kind() == "credit_note"
        for c in self._all.references:
            weight, others = c.announced("invoice_number"), max(map(c.announced, _OTHERS_NUMBERS))
            if others >= weight:  # a label further away is that of another column
                weight -= 0.6 * others
            if not weight:
                weight = 0.6 * c.announced("some_number")
            if weight <= max(map(c.announced, _IDENTIFIERS)):
                continue
            c = self._to_its_end(c)
            at = c.cell.text.find(c.text)
            if _YEAR.fullmatch(c.value):
                weight -= 0.8
            if c.cell.text[max(at - 1, 0) : at] == "(":
                weight -= 0.8
            if c.value.isdigit() and len(c.value) < 3:
                weight -= 0.5  # of a firm that has only begun, or of something else
            if len(c.text.split()) > 1:
                weight += 0.06  # the number in its groups, or with the letters of its series
            if any(_REFERRED.search(label.text) for label in c.labels[:1]):
                weight -= 0.35  # the invoice this document speaks of
            if credit and any(_CREDIT.search(normalised(label.text)) for label in c.labels):
                weight += 0.15
            if weight > 0.3:
                scored.append((weight, c))
        scored.sort(key=lambda s: (-s[0], s[1].cell.line))
        return _chosen(scored)

    def _to_its_end(self, c: Candidate) -> Candidate:
        """A number that its cell breaks off, with what stands below."""
        rest = c.cell.text[c.cell.text.find(c.text) + len(c.text) :]
        below = self._all.layout.below(c.cell, 1.0) if _BROKEN_OFF.fullmatch(rest) else None
        if below is None or len(below.words) > 1 or not below.has_digits:
            return c
        return c.as_value(f"{c.value}{rest.strip()}{below.text}")

    @cached_property
    def _own_number(self) -> str | None:
        """The invoice's own number, if a label is plain about it."""
        chosen = self.invoice_number()
        return chosen.best.value if chosen.best and chosen.strength >= _PLAIN else None

    def numbers_by_page(self) -> dict[int, Candidate]:
        """The number of an invoice that each page announces as its own, the first of each."""
        found: dict[int, Candidate] = {}
        for c in self._all.references:
            if (
                c.page not in found
                and c.announced("invoice_number") >= 0.75
                and not _YEAR.fullmatch(c.value)
                and not (c.value.isdigit() and len(c.value) < 4)
                and not any(
                    _REFERRED.search(label.text) or _ANOTHER.search(normalised(label.text)) for label in c.labels
                )
            ):
                found[c.page] = c
        return found

    def date(self, term: str) -> Choice:
        """The day announced as ``term``; an issue date may also stand behind the number, or behind a place alone."""
        scored = []
        for c in self._all.dates:
            if len(c.text) == 8 and c.text.isdigit() and not c.announced(term):
                continue
            weight = c.announced(term) - 0.5 * c.announced("other_date") * (term != "due_date")
            if term == "due_date":
                paid = self._paid_by(c)
                if paid == "early":
                    continue
                if paid == "in full" and any(abs(e.cell.line - c.cell.line) <= 2 for e in self._paid_early):
                    weight = max(weight, 0.85)
            if term == "issue_date":
                if self._is_of_another(c):
                    continue
                weight = max(weight, self._issued(c))
                rivals = max(c.announced("due_date"), c.announced("delivery_date"))
                weight -= 0.5 * rivals if rivals > c.announced(term) else 0.0
                if any(_BARE.fullmatch(normalised(label.text)) for label in c.labels[:1]):
                    weight -= 0.1 + 0.3 * (c.cell.line > 0.75 * len(self._all.layout.lines))
            if weight > 0.25:
                scored.append((weight, c))
        scored.sort(key=lambda s: (-s[0], s[1].cell.line))
        if term == "issue_date" and scored and not self._is_bare(scored[0][1]):
            # A column or a payment may have any day: against one that is called the invoice's it is none.
            scored = [(w, c) for n, (w, c) in enumerate(scored) if n == 0 or not self._is_bare(c)]
        chosen = _chosen(scored)
        days = {c.value for c in self._all.dates}
        if chosen.best is None and term == "issue_date" and len(days) == 1:
            only = self._all.dates[0]
            others = ("due_date", "delivery_date", "other_date")
            if not any(c.announced(other) >= 0.5 for c in self._all.dates for other in others):
                return Choice(only, 0.5, (Ground.ONLY,))
        return chosen

    @cached_property
    def _paid_early(self) -> list[Candidate]:
        return [c for c in self._all.dates if self._paid_by(c) == "early"]

    def order(self) -> Choice:
        """The buyer's order."""
        scored = [
            (
                c.announced("purchase_order_ref")
                - 0.5 * c.announced("invoice_number")
                + 0.08 * (len(c.text.split()) > 1),
                c,
            )
            for c in self._all.references
            if c.announced("purchase_order_ref") > 0.5
        ]
        scored = [(w, c) for w, c in scored if not (c.value.isdigit() and len(c.value) < 2)]
        scored.sort(key=lambda s: (-s[0], s[1].cell.line))
        return _chosen(scored)

    def vat_ids(self) -> list[tuple[Candidate, bool]]:
        """VAT ids with whether their check digits hold; those that do not need a label."""
        found = []
        for c in self._all.matching(_VAT_SHAPE, lambda text: identifiers.without_tax_name(values.compact(text))):
            valid = values.is_vat_id(c.text)
            if valid or c.announced("vat_id") >= 0.5:
                found.append((c, valid))
        return found

    def ibans(self) -> list[tuple[Candidate, bool]]:
        """Accounts with whether their check digits hold; those that do not need a label."""
        found: dict[str, tuple[Candidate, bool]] = {}
        for c in self._all.matching(_IBAN_SHAPE, _longest_account):
            valid = values.is_iban(c.value)
            if valid or c.announced("iban") >= 0.5:
                found.setdefault(c.value, (c, valid))
        return list(found.values())

    def bics(self) -> list[Candidate]:
        """BICs that a label calls so."""
        found: dict[str, Candidate] = {}
        accounts = [c for c, _ in self.ibans()]
        for c in self._all.matching(_BIC_SHAPE, lambda text: text if bic.is_valid(text) else None):
            beside = any(a.value[:2] == c.value[4:6] and self._parties.distance(a.cell, c.cell) < 4 for a in accounts)
            if (beside and any(ch not in "AEIOU" for ch in c.value[-3:])) or any(
                re.search(r"(?:^|\s)(?:bic|swift)(?:\W.{0,12})?$", normalised(label.text)) for label in c.labels[:1]
            ):
                found.setdefault(c.value, c)
        return list(found.values())

    def tax_numbers(self) -> list[Candidate]:
        """National tax numbers that a label announces."""
        return self._numbers("tax_number")

    def legal_ids(self) -> list[Candidate]:
        """Registration numbers that a label announces: SIREN, SIRET, KvK, company number."""
        return [*self._all.matching(_REGISTER, lambda text: " ".join(text.split())), *self._numbers("legal_id")]

    def is_low(self, candidate: Candidate) -> bool:
        """Whether it stands in the lowest fifth of the document: the issuer's own particulars."""
        return candidate.cell.line > 0.8 * len(self._all.layout.lines)

    def nearest(self, found: Sequence[Candidate], to: Cell, than: Cell | None) -> Candidate | None:
        """The candidate that stands nearer to the party named in ``to`` than to the one in ``than``."""
        best: Candidate | None = None
        shortest = 1000.0
        for c in found:
            distance = self._parties.distance(to, c.cell)
            if than is not None and self._parties.distance(than, c.cell) < distance:
                continue
            if siren.is_valid(c.value):
                distance -= 20  # the firm, rather than one of its places (SIRET)
            if distance < shortest:
                best, shortest = c, distance
        return best

    def payment_terms(self) -> Choice:
        """What is said about when to pay, as one text; a sentence may run over lines of one column."""
        for cell in self._all.layout.cells():
            label, colon, rest = cell.text.partition(":")
            if colon and is_label(label, "terms") and len(rest.strip()) > 5:
                return Choice(self._all.whole(cell, rest.strip()), 0.8, (Ground.LABEL,))
        for cell in self._all.layout.cells():
            label, colon, _ = cell.text.partition(":")
            plain = normalised(cell.text)
            if colon and len(label) < 30 and is_label(label, "due_date"):
                continue
            if len(cell.text) > 8 and _TERMS.search(plain) and not _PENALTY.search(plain):
                return Choice(self._all.whole(cell), 0.6, (Ground.WORDING,))
        return Choice(None, 0.0, ())

    def kind(self) -> Kind | None:
        """What the largest or first title calls the document; None if none does."""
        title = title_of(self._all.layout)
        return title[1] if title else None

    def country(self, cell: Cell) -> str | None:
        """The country in the address below a name, or on its own line."""
        return self._parties.country(cell) or country_of(cell.text)

    def _numbers(self, term: str) -> list[Candidate]:
        found = []
        for c in self._all.matching(_NUMBER_SHAPE, lambda text: text.strip()):
            town = _TOWN.match(c.cell.text[max(c.cell.text.find(c.text), 0) :])
            if c.announced(term) >= 0.5 and sum(ch.isdigit() for ch in c.value) >= 5 and not town:
                value = re.sub(r"\s", "", c.value) if term == "legal_id" else c.value
                found.append(c.as_value(value))
        return found

    def _issued(self, c: Candidate) -> float:
        before = c.cell.text[: c.cell.text.find(c.text)]
        left = self._all.layout.left_of(c.cell)
        further = self._all.layout.left_of(left) if left and len(left.text) < 6 else None
        told = f"{further.text if further else ''} {left.text} {before}" if left and len(before) < 6 else before
        if _ISSUED.fullmatch(plain := normalised(told)) and not _ANOTHER.search(plain):
            return 0.95
        for label in c.labels[:6]:
            number, _, day = label.text.partition("/")  # Rechnung Nr./Datum
            if _BARE.fullmatch(normalised(day)) and is_label(number, "invoice_number"):
                return label.weight
        alone = normalised(before) or (normalised(left.text) if left and not before.strip() else "")
        if phrases("labels.before_day").fullmatch(alone) and c.page == 1:
            return 0.75 if c.cell.line < 0.45 * len(self._all.layout.lines) else 0.3
        whole = (told.strip() or (left.text if left else "")).strip()
        right = self._all.layout.right_of(c.cell)
        if _PLACE_AND_DAY.match(whole) and not (right and values.AMOUNT.fullmatch(right.text)):  # no row of a table
            return 0.9
        return 0.0

    def _is_of_another(self, c: Candidate) -> bool:
        """Whether it is the day of a document whose number stands before it, and is not the invoice's."""
        before = normalised(c.cell.text[: c.cell.text.find(c.text)])
        told = _NUMBER_AND_DAY.search(before)
        if not told or self._own_number is None:
            return False
        number, own = (re.sub(r"\D", "", n) for n in (told[1], self._own_number))
        return number not in own and own not in number

    def _is_bare(self, c: Candidate) -> bool:
        """Whether the label that says most for it as the day of issue could be that of any day."""
        told = [label for label in c.labels if is_label(label.text, "issue_date")]
        most = max((label.weight for label in told), default=0.0)
        return self._issued(c) < most and all(_BARE.fullmatch(normalised(t.text)) for t in told if t.weight == most)

    def _paid_by(self, c: Candidate) -> Paid | None:
        """What the clause around a day says is to be paid by it: less, as it is early, or all. The nearest words before the
        day count, then those behind it."""
        text, start = c.cell.text, c.cell.text.find(c.text)
        end = start + len(c.text)
        dated = [m.span() for m in DAY.finditer(text)]
        before = text[max((b for _, b in dated if b <= start), default=0) : start]
        left = self._all.layout.left_of(c.cell)
        if not before.strip() and left and (c.announced("due_date") < 0.5 or is_label(left.text, "due_date")):
            before = left.text
        behind = text[end : min((a for a, _ in dated if a >= end), default=len(text))]
        below = self._all.layout.below(c.cell, 1.0)
        if not behind.strip(" .:,") and below is not None and below.text[0].islower() and not DAY.search(below.text):
            behind = below.text
        elif any(a >= end for a, _ in dated):
            behind = _CLAUSE.split(behind)[0]  # what follows is of the next day
        for part, last in ((before, True), (behind, False)):
            plain = normalised(part)
            full = [m.span() for m in _IN_FULL.finditer(plain)]
            early = [m.start() for m in _EARLY.finditer(plain) if not any(a <= m.start() < b for a, b in full)]
            said: list[tuple[int, Paid]] = [*((a, "in full") for a, _ in full), *((a, "early") for a in early)]
            if said:
                return (max if last else min)(said)[1]
        return None


def _chosen(scored: Sequence[tuple[float, Candidate]]) -> Choice:
    """The best; unless another value is as well announced, by its label."""
    if not scored:
        return Choice(None, 0.0, ())
    weight, best = scored[0]
    rival = max((w for w, c in scored if c.value != best.value), default=0.0)
    others = {c.value: c for _, c in scored[1:] if c.value != best.value}
    strength = weight if rival < weight - _APART else 0.5 * weight
    return Choice(best, strength, (Ground.LABEL,), tuple(others.values()))


def _longest_account(text: str) -> str | None:
    """``text`` as an account, words behind it taken off as long as that makes its check digits hold."""
    words = text.split()
    for n in range(len(words), 0, -1):
        account = "".join(words[:n])
        if values.is_iban(account):
            return account
    return "".join(words) if len("".join(words)) >= 15 else None
