"""Seller and buyer by code: who could they be, and how much speaks for each.

No rule proves a name. What speaks for one is added up (`_Evidence`), the best few are what a model chooses among, and
only where both choose alike is the name sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Literal

from agents.documents.layout import Cell, Line
from agents.fields import days, values
from agents.pages._candidates import Candidate, Candidates
from agents.words import COUNTRIES, LEGAL_FORM, in_text, is_label, normalised, phrases

Role = Literal["seller", "buyer"]
_FIRST, _LAST = 120, 60
"""Lines at the beginning and at the end of a document in which names are looked for."""
MOST = 12
"""Names of either party that are worth a choice."""

_PARTS = re.compile(rf"\s*[|•·●]\s*|\s+[–—-]\s+|,\s+(?!{LEGAL_FORM.pattern})|\s{{2,}}")
_POSTAL = re.compile(
    r"\b(?:[A-Z]{1,2}-)?\d{4,6}(?: [A-Z]{2})? *[A-ZÀ-Þ][a-zà-ÿ]|\b\d{5} +[A-ZÀ-Þ]{3}"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{3} \d{2} +[A-ZÀ-Þ]|\b[A-Z]{2} \d{5}\b|\b\d{2}-\d{3} "
)
_STREET = re.compile(
    rf"(?i){in_text('text.street_ends')}\s*\d+|^\d+\w?,? (?:\w+ )?{in_text('text.street_behind_number')}"
    rf"|{in_text('text.street_before_number')}.*\d|\b\d+\s+\w+(?:\s\w+)?\s{in_text('text.street_last')}|{in_text('text.box')}"
)
_CONTACT = re.compile(rf"(?i)@|https?:|www\.|\+\d|{in_text('text.contact')}")
_TITLE = phrases("labels.no_name")
_NAME_LABEL = phrases("labels.name")
_HOLDER = phrases("labels.account_holder")
_REGISTERED = re.compile(rf"(?i){in_text('text.registered')}")
"""What a firm prints of itself: registers, tax ids, accounts."""
_NO_NAME = re.compile(
    rf"(?i){in_text('text.no_name')}|^{in_text('text.no_name_begins')}|^{in_text('text.no_name_whole')}$"
)
_CONTACT_PERSON = re.compile(rf"(?i){in_text('text.contact_person')}")
_DOMAIN = re.compile(r"(?:@|www\.|https?://(?:www\.)?)([\w-]{3,})\.")
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "&": "und"})
_ENDS_OPEN = re.compile(rf"(?i)(?:[&+,/-]|\b{in_text('text.open_end')})$")
_OWN_WORD = {
    "label": "label", "return address": "return address", "domain": "domain", "account holder": "payment", "imprint": "payment",
}  # fmt: skip
"""Reasons for a seller's name that the issuer's own words give, by the place that gives them."""
_HOUSE_NUMBER = re.compile(r"\d+\w? [A-ZÀ-Þ]")
_MOST_DOMAINS = 40
_FREE_MAIL = {"gmail", "outlook", "hotmail", "web", "gmx", "yahoo", "icloud", "localhost", "test", "example"}


@dataclass(frozen=True)
class Name:
    """A name that could be a party's, and how strongly that is so (a sum of what speaks for it; 1 is one good reason)."""

    candidate: Candidate
    score: float
    labelled: bool
    firm: bool = False
    """It ends in a legal form, or the document's web site carries it."""
    confirmed: bool = False
    """The document says so of itself in two ways at least that know nothing of each other: by label, return address, holder of the
    account, web site, imprint."""
    payee_only: bool = False
    """It stands nowhere but as the holder of the account: a factor, a collecting agent, a bank customer of another name."""
    two_names: bool = False
    """The line above or below it could be the name as well: a trading name, a registered one, a person."""


@dataclass
class _Evidence:
    cell: Cell
    text: str
    score: float = 0.0
    labelled: bool = False
    below: Cell | None = None
    """The line in which the name goes on."""
    reasons: list[str] = field(default_factory=list)

    def add(self, points: float, why: str) -> None:
        self.score += points
        self.reasons.append(why)


class Parties:
    """Names of seller and buyer, best first."""

    def __init__(self, candidates: Candidates) -> None:
        self._all = candidates
        self._layout = candidates.layout
        self._text = candidates.reading.text
        self._folded = _fold(self._text)
        self._addresses: dict[str, frozenset[int]] = {}

    @property
    def seller(self) -> list[Name]:
        """Who issued the document."""
        return self._both[0]

    @property
    def buyer(self) -> list[Name]:
        """Whom it is addressed to."""
        return self._both[1]

    @cached_property
    def _both(self) -> tuple[list[Name], list[Name]]:
        """Both rankings; of all pairs of different names the likeliest comes first in each."""
        sellers, buyers = self._evidence("seller"), self._evidence("buyer")
        for one in sellers:
            self._weigh_as_seller(one)
        for one in buyers:
            self._weigh_as_buyer(one)
        seller, buyer = self._ranked(sellers), self._ranked(buyers)
        pairs = [
            (s.score + b.score, -n, -m)
            for n, s in enumerate(seller)
            for m, b in enumerate(buyer)
            if not _same(s.candidate.text, b.candidate.text)
            and (b.labelled or not self._in_block(b.candidate.cell, s.candidate.cell))
        ]
        if pairs:
            _, n, m = max(pairs)
            seller.insert(0, seller.pop(-n))
            buyer.insert(0, buyer.pop(-m))
        return seller, buyer

    def block(self, cell: Cell) -> list[Cell]:
        """``cell`` and the cells below it that begin at the same place, a line apart: an address."""
        found = [cell]
        while (below := self._layout.below(found[-1], 2.6)) and len(found) < 9:
            aside, gap = abs(below.box[0] - cell.box[0]), below.box[1] - found[-1].box[3]
            if aside > 0.8 * cell.height and below.overlaps(cell) < 0.9:
                break
            if gap > (2.6 if aside < 0.3 * cell.height and len(found) < 4 else 1.6) * cell.height:
                break
            told = (below.text.rstrip(": "), below.text.partition(":")[0])
            if any(is_label(text, role) for role in ("seller", "buyer", "delivery_party") for text in told):
                break
            found.append(below)
        return found

    def country(self, cell: Cell) -> str | None:
        """The country the address below a name states: ISO 3166, by name or by code before or behind the town."""
        if _is_return_address(cell.text):  # whom the letter goes to stands below
            return country_of(cell.text)
        for line in self.block(cell)[1:]:
            if code := country_of(line.text):
                return code
        return None

    def distance(self, cell: Cell, other: Cell) -> float:
        """How far ``other`` is from the party named in ``cell``, in line heights; other columns are far."""
        if cell.page != other.page:
            return 200.0
        down = (other.box[1] - cell.box[1]) / cell.height
        aside = max(0.0, other.box[0] - cell.box[2], cell.box[0] - other.box[2]) / cell.height
        column = abs(other.box[0] - cell.box[0]) / cell.height
        return (down if down >= 0 else -1.5 * down) + aside * 1.5 + min(column, 10) * 0.3

    @cached_property
    def _lines(self) -> list[Line]:
        """The lines in which names are looked for."""
        return self._layout.lines[:_FIRST] + self._layout.lines[_FIRST:][-_LAST:]

    def _evidence(self, role: Role) -> list[_Evidence]:
        """All name-like texts; those a label of ``role`` announces are marked."""
        found: dict[tuple[int, str], _Evidence] = {}
        joined: set[int] = set()

        def entry(cell: Cell, text: str) -> _Evidence:
            return found.setdefault((id(cell), text), _Evidence(cell, text))

        for line in self._lines:
            for cell in line.cells:
                if id(cell) in joined:
                    continue  # the second line of a name
                parts = _parts(cell.text)
                if any(days.DAY.fullmatch(part) for part in parts[1:]):
                    continue  # a place and a day
                if _POSTAL.search(cell.text) and len(parts) < 3 and not LEGAL_FORM.search(parts[0]):
                    continue  # a town
                for part in parts if not _POSTAL.search(cell.text) else parts[:1]:
                    if is_name(part) and _fold(part) not in self._towns:
                        entry(cell, part)
                if (below := self._layout.below(cell, 0.9)) and self._is_one_name(cell, below):
                    entry(cell, f"{cell.text} {below.text}").below = below
                    found.pop((id(cell), cell.text), None)
                    joined.add(id(below))
                for part in parts:
                    head, colon, rest = part.rpartition(":")
                    if colon and _HOLDER.fullmatch(normalised(head)) and is_name(rest.strip()):
                        entry(cell, rest.strip())
        other: tuple[str, ...] = ("buyer", "delivery_party") if role == "seller" else ("seller", "delivery_party")
        announced = list(self._announced(role))
        # At the foot of the first page it may be a payment slip; where it is the only one, that is where the party stands.
        slip = not all(self._is_low(cell) for cell, _ in announced)
        for cell, text in announced:
            one = entry(cell, text)
            if not one.labelled:
                low = slip and self._is_low(cell)
                one.labelled = not low
                one.add(0.5 if low else 1.6, "label")
        for each in other:
            theirs: dict[str, float] = {}
            there = set()
            for cell, text in self._announced(each):
                weight = 0.5 if self._is_low(cell) else 1.5
                theirs[_fold(text)] = theirs.get(_fold(text), 0.0) + weight
                there.add(id(cell))
            for one in found.values():
                # The goods go to a place of the buyer's, whose name stands elsewhere too.
                elsewhere = role == "buyer" and each == "delivery_party" and id(one.cell) not in there
                if elsewhere and not one.labelled and _fold(one.text) in theirs:
                    one.add(0.6, "delivered to")
                if not one.labelled and not elsewhere and (weight := theirs.get(_fold(one.text), 0.0)):
                    one.add(-weight, f"label of {each}")
        return list(found.values())

    def _is_low(self, cell: Cell) -> bool:
        """Whether it stands at the foot of the first page: on a payment slip, perhaps."""
        return 0.7 < self._place(cell) < 1

    def _announced(self, role: str) -> Iterator[tuple[Cell, str]]:
        """What stands behind or below a label of ``role``; where none is, but one of the seller, the buyer is below the word beside
        that: ``De`` and ``À``."""
        by_label = False
        for found in self._by_label(role):
            by_label = True
            yield found
        if role == "buyer" and not by_label:
            yield from self._beside_the_seller()

    def _beside_the_seller(self) -> Iterator[tuple[Cell, str]]:
        for line in self._lines:
            if len(line.cells) != 2 or sum(is_label(cell.text.rstrip(": "), "seller") for cell in line.cells) != 1:
                continue
            head = next(cell for cell in line.cells if not is_label(cell.text.rstrip(": "), "seller"))
            below = self._layout.below(head, 3)
            if below is None or len(head.text) > 15 or is_label(head.text.rstrip(": "), "delivery_party"):
                continue
            address = self.block(below)
            if is_name(_parts(below.text)[0]) and any(_POSTAL.search(c.text) for c in address[1:]):
                yield below, _parts(below.text)[0]

    def _by_label(self, role: str) -> Iterator[tuple[Cell, str]]:
        for cell in (cell for line in self._lines for cell in line.cells):
            head, colon, rest = cell.text.partition(":")
            if colon and rest.strip() and is_label(head, role):
                if name := next((p for p in _parts(rest.strip()) if is_name(p)), None):
                    yield cell, name
                continue
            if not is_label(re.sub(r"\([^()]*\)", "", cell.text).rstrip(": "), role):
                continue
            below = self._layout.below(cell, 4)
            group = self.block(below) if below else []
            named = next((c for c in group if _NAME_LABEL.fullmatch(normalised(c.text.rstrip(": ")))), None)
            inline = next(
                (
                    c
                    for c in group
                    if _NAME_LABEL.fullmatch(normalised(c.text.partition(":")[0])) and ":" in c.text[:-1]
                ),
                None,
            )
            beside = self._layout.right_of(cell)
            if named and (value := self._layout.right_of(named)):
                yield value, value.text
            elif inline:
                yield inline, inline.text.partition(":")[2].strip()
            elif (
                cell.text.endswith(":")
                and beside is not None
                and is_name(_parts(beside.text)[0])
                and not self._is_label(beside)
            ):
                yield beside, _parts(beside.text)[0]
            else:
                persons = []
                for one in group[:4]:
                    part = _parts(one.text)[0]
                    if is_name(part) and not self._is_label(one):
                        persons.append((one, part))
                persons.sort(key=lambda p: bool(_CONTACT_PERSON.search(p[1])))
                firm = next((p for p in persons if LEGAL_FORM.search(p[1])), None)
                if firm or persons:
                    yield firm or persons[0]

    @staticmethod
    def _is_label(cell: Cell) -> bool:
        text = cell.text.rstrip(": ")
        return cell.text.endswith(":") or any(is_label(text, role) for role in ("seller", "buyer", "delivery_party"))

    def _weigh_as_seller(self, one: _Evidence) -> None:
        text, cell = one.text, one.cell
        folded = _fold(text)
        if LEGAL_FORM.search(text):
            one.add(0.7, "legal form")
        if len(folded) >= 4 and (repeated := self._folded.count(folded) - 1) > 0:
            one.add(min(0.3 * repeated, 0.6), "repeated")
        if self._has_domain(text):
            one.add(0.6, "domain")
        if text == _parts(cell.text)[0] and self._place(cell) < 0.5 and _is_return_address(cell.text):
            one.add(1.2, "return address")
        one.add(0.3 * max(0.0, 1 - 2 * self._place(cell)), "top")
        if cell.height > 1.25 * self._usual_height and self._place(cell) < 0.3:
            one.add(0.4, "large")
        if self._has_contact(cell):
            one.add(0.3, "contact")
        if self._in_imprint(cell) and (LEGAL_FORM.search(text) or self._folded.count(folded) > 1):
            one.add(0.5, "imprint")
        if any(c.isdigit() for c in text):
            one.add(-0.4, "digits")
        if (address := self.block(cell)[1:4]) and any(
            _POSTAL.search(c.text) or _STREET.search(c.text) for c in address
        ):
            one.add(0.4, "address")
        if self._is_holder(one):
            one.add(0.6, "account holder")
        if self._owns_identifier(cell):
            one.add(0.5, "identifiers")
        if folded in self._told_otherwise and not LEGAL_FORM.search(text):
            one.add(-0.8, "told as something else")
        if cell.line in self._rows_of_money and not one.labelled:
            one.add(-1.0, "among rows")
        if id(cell) in self._inside and not LEGAL_FORM.search(text):
            one.add(-0.4, "not the first of its block")
        if _HOUSE_NUMBER.match(text):
            one.add(-0.6, "a street")
        if cell.page > 1:
            one.add(-0.3, "later page")
        if _CONTACT_PERSON.search(text):
            one.add(-0.5, "a person")
        if len(text) > 60:
            one.add(-0.5, "long")

    def _weigh_as_buyer(self, one: _Evidence) -> None:
        text, cell = one.text, one.cell
        if LEGAL_FORM.search(text):
            one.add(0.5, "legal form")
        if _fold(text) in self._holders:
            one.add(-0.8, "account holder")
        if _is_return_address(cell.text):
            one.add(-0.6, "return address")
        if not one.labelled:
            self._weigh_as_unlabelled_buyer(one)
        address = self.block(cell)[1:6]
        if any(_POSTAL.search(c.text) for c in address):
            one.add(0.7, "address")
            if self._under_return_address(cell):
                one.add(0.9, "window")
        if cell.page > 1:
            one.add(-0.5, "later page")
        if _CONTACT_PERSON.search(text) and (one.labelled or id(cell) in self._inside):
            one.add(-0.5, "a person")
        if id(cell) in self._inside and not one.labelled and not LEGAL_FORM.search(text):
            one.add(-0.35, "not the first of its block")

    def _weigh_as_unlabelled_buyer(self, one: _Evidence) -> None:
        """What says that a name is rather the issuer's; with a label it says nothing."""
        cell = one.cell
        if self._has_contact(cell):
            one.add(-0.3, "contact")
        if cell.height > 1.25 * self._usual_height:
            one.add(-0.4, "large")
        if self._has_domain(one.text):
            one.add(-0.6, "domain")
        if _fold(one.text) in self._told_otherwise:
            one.add(-0.8, "told as something else")
        if self._place(cell) > 0.45:
            one.add(-0.8, "low")
        if cell.line in self._rows_of_money:
            one.add(-1.0, "among rows")
        if (parts := _parts(cell.text)) and one.text != parts[0]:
            one.add(-0.3, "behind a name")

    def _has_domain(self, text: str) -> bool:
        """Whether a web site or mail address of the document carries the name, umlauts also as they are written out. Of those of
        several firms one that stands only in the address below the name says nothing: customers have mail addresses too."""
        firm = bool(LEGAL_FORM.search(text))
        spellings = {_fold(text), _fold(text.casefold().translate(_WRITTEN_OUT))} - {""}
        for domain, cells in self._domains.items():
            if len(domain) < 4 or not any(
                folded in domain or (domain in folded and (firm or len(domain) > 0.42 * len(folded)))
                for folded in spellings
            ):
                continue
            if len(self._domains) == 1 or any(id(cell) not in self._address_of(text) for cell in cells):
                return True
        return False

    def _address_of(self, text: str) -> frozenset[int]:
        """The cells, by id, of the addresses below a name, wherever it begins a cell."""
        if text not in self._addresses:
            named = self._beginning_with.get(text, [])
            self._addresses[text] = frozenset(id(one) for cell in named[:9] for one in self.block(cell))
        return self._addresses[text]

    @cached_property
    def _beginning_with(self) -> dict[str, list[Cell]]:
        found: dict[str, list[Cell]] = {}
        for line in self._lines:
            for cell in line.cells:
                found.setdefault(_parts(cell.text)[0], []).append(cell)
        return found

    def _is_one_name(self, cell: Cell, below: Cell) -> bool:
        """Whether a name goes on in the line below: the document has the two as one elsewhere, in a text or as its web site; the
        first line ends in the middle (``Vogt &``), or all that is below is a legal form."""
        aside = abs(below.box[0] - cell.box[0]) > cell.height
        if aside or len(_parts(cell.text)) > 1 or len(_parts(below.text)) > 1 or not is_name(cell.text):
            return False
        if LEGAL_FORM.search(cell.text) or _CONTACT_PERSON.search(cell.text):
            return False
        if LEGAL_FORM.fullmatch(below.text.strip()):
            return True
        if not is_name(below.text) or any(is_label(text.rstrip(": "), "seller") for text in (cell.text, below.text)):
            return False
        if self._folded.count(_fold(f"{cell.text} {below.text}")) > 1 or _ENDS_OPEN.search(cell.text):
            return True
        return bool(LEGAL_FORM.search(below.text)) and self._has_domain(cell.text) and not self._has_domain(below.text)

    @cached_property
    def _inside(self) -> frozenset[int]:
        """The cells, by id, that stand in the address below a name: a street, a town, a person there."""
        inside: set[int] = set()
        for cell in (cell for line in self._lines for cell in line.cells):
            if id(cell) not in inside and is_name(_parts(cell.text)[0]):
                address = self.block(cell)
                if any(_POSTAL.search(c.text) for c in address[1:]):
                    inside.update(id(c) for c in address[1:])
        return frozenset(inside)

    @cached_property
    def _towns(self) -> set[str]:
        """Folded towns of the addresses: what stands with a postal code."""
        found = set()
        for cell in self._layout.cells():
            before = ""
            for part in re.split(r"\s*[|•·●,]\s*|\s+[–—-]\s+", cell.text):
                if _POSTAL.search(part) and not LEGAL_FORM.search(part):
                    found.add(_fold(re.sub(r"\S*\d\S*|\b[A-Z]{2}\b", " ", part)) or before)
                before = "" if LEGAL_FORM.search(part) else _fold(part)
        return found - {""}

    @cached_property
    def _told_otherwise(self) -> set[str]:
        """Folded names behind a label that is no party's: a manager, a contact, a bank."""
        found = set()
        parties = ("seller", "buyer", "delivery_party")
        for cell in self._layout.cells():
            head, colon, rest = cell.text.rpartition(":")
            named = _HOLDER.fullmatch(normalised(head)) or _NAME_LABEL.fullmatch(normalised(head))
            if colon and is_name(rest.strip()) and not named and not any(is_label(head, party) for party in parties):
                found.add(_fold(rest))
        return found

    @cached_property
    def _rows_of_money(self) -> frozenset[int]:
        """Numbers of the lines from the first with two amounts of money to the last: those of the table."""
        rows = [
            line.number
            for line in self._layout.lines
            if sum(values.is_money(cell.text.strip(" €$£")) for cell in line.cells) > 1
        ]
        return frozenset(range(rows[0], rows[-1] + 2)) if rows else frozenset()

    @cached_property
    def _domains(self) -> dict[str, list[Cell]]:
        """Folded names of web sites and mail addresses, with where they stand."""
        found: dict[str, list[Cell]] = {}
        for cell in self._layout.cells():
            for match in _DOMAIN.finditer(cell.text.lower()):
                found.setdefault(_fold(match[1]), []).append(cell)
        own = ((domain, cells) for domain, cells in found.items() if domain not in _FREE_MAIL)
        return dict(islice(own, _MOST_DOMAINS))

    def _place(self, cell: Cell) -> float:
        """How far down the document it stands, from 0 to 1 for its first page, more for later ones."""
        page = next((p for p in self._layout.pages if p.number == cell.page), None)
        return cell.box[1] / page.height + cell.page - 1 if page else 1.0

    def _is_holder(self, one: _Evidence) -> bool:
        return _fold(one.text) in self._holders

    @cached_property
    def _holders(self) -> set[str]:
        """Folded names that a label calls the holder of the account."""
        found = set()
        for cell in self._layout.cells():
            for part in re.split(r"\s*[|•·●]\s*|\s+[–—-]\s+", cell.text):
                head, colon, rest = part.rpartition(":")
                if colon and rest.strip() and _HOLDER.fullmatch(normalised(head)):
                    found.add(_fold(rest))
                elif _HOLDER.fullmatch(normalised(part)) and (right := self._layout.right_of(cell)):
                    found.add(_fold(right.text))
        return found

    def _owns_identifier(self, cell: Cell) -> bool:
        return any(_REGISTERED.search(c.text) for c in self.block(cell))

    @cached_property
    def _usual_height(self) -> float:
        heights = sorted(cell.height for cell in self._layout.cells())
        return heights[len(heights) // 2] if heights else 1.0

    def _has_contact(self, cell: Cell) -> bool:
        """Whether a telephone, a web site or an account stands in its address."""
        return any(_CONTACT.search(c.text) for c in self.block(cell)[1:7])

    def _in_imprint(self, cell: Cell) -> bool:
        """Whether it stands at the foot of a page among registers, tax ids and accounts."""
        page = next((p for p in self._layout.pages if p.number == cell.page), None)
        if page is None or cell.box[1] < 0.6 * page.height:
            return False
        return any(
            _REGISTERED.search(other.text)
            for line in self._layout.lines
            if abs(line.number - cell.line) <= 2 and line.page == cell.page
            for other in line.cells
        )

    def _under_return_address(self, cell: Cell) -> bool:
        above = self._layout.above(cell, 4)
        for _ in range(3):
            if above is None:
                return False
            if len(_parts(above.text)) > 1 and (_POSTAL.search(above.text) or _STREET.search(above.text)):
                return True
            above = self._layout.above(above, 4)
        return False

    def _in_block(self, cell: Cell, seller: Cell) -> bool:
        if len(_parts(seller.text)) > 1:
            return False  # a return address stands right above whom the letter goes to
        return any(c is cell for c in self.block(seller)[1:])

    def _ranked(self, found: Sequence[_Evidence]) -> list[Name]:
        best: dict[str, _Evidence] = {}
        for one in found:
            key = _fold(one.text)
            if key not in best or one.score > best[key].score:
                best[key] = one
        ranked = sorted(best.values(), key=lambda e: (-e.score, e.cell.line, e.cell.box[0]))[:MOST]
        return [
            Name(
                self._all.whole(e.cell).with_line(e.below) if e.below else self._all.whole(e.cell, e.text),
                e.score,
                e.labelled,
                firm=bool(LEGAL_FORM.search(e.text)) or self._has_domain(e.text),
                confirmed=len({_OWN_WORD[why] for why in e.reasons if why in _OWN_WORD}) > 1,
                payee_only=_fold(e.text) in self._holders and self._folded.count(_fold(e.text)) == 1,
                two_names=self._has_rival(e),
            )
            for e in ranked
        ]

    def _has_rival(self, one: _Evidence) -> bool:
        if LEGAL_FORM.search(one.text) or _fold(one.text) in self._holders:
            return False
        for other in (self._layout.above(one.cell, 0.9), self._layout.below(one.cell, 0.9)):
            if (
                other is not None
                and abs(other.box[0] - one.cell.box[0]) < one.cell.height
                and len(_parts(other.text)) == 1
                and is_name(other.text)
                and not _CONTACT_PERSON.search(other.text)
            ):
                return True
        return False


def is_name(text: str) -> bool:
    """Whether a text could name a firm or a person: letters, no sentence, no street, no town, no label, no number."""
    stripped = text.strip(" .,:;*")
    letters = sum(c.isalpha() for c in stripped)
    if _NO_NAME.search(stripped):
        return False
    if not letters >= 2 or len(stripped) > 70 or letters < 0.6 * len(stripped.replace(" ", "")):
        return False
    if (
        ":" in text
        or text.startswith("(")
        or len(stripped.split()) > 8
        or re.search(r"\D \d{1,4}\s?[a-zA-Z]?$", stripped)
    ):
        return False
    if _STREET.search(stripped) or _POSTAL.search(stripped) or _CONTACT.search(stripped):
        return False
    plain = normalised(stripped)
    if _TITLE.fullmatch(plain) or country_of(stripped):
        return False
    return not any(is_label(stripped, term) for term in _LABELS_OF_OTHERS)


_LABELS_OF_OTHERS = (
    "invoice_number", "issue_date", "due_date", "delivery_date", "purchase_order_ref", "customer_number", "vat_id",
    "tax_number", "seller", "buyer", "delivery_party", "net", "tax", "gross", "due", "terms", "currency", "iban", "rate",
)  # fmt: skip


def country_of(text: str) -> str | None:
    """The country a line of an address names (in full, or by code before a town or at the end), as ISO 3166."""
    for part in re.split(r"\s*[,/–|]\s*|\s-\s", text):
        plain = normalised(part)
        for code, names in COUNTRIES.items():
            if plain in names:
                return code
    ending = re.search(r"[,(]\s*([A-Z]{2})\)?$", text.strip())
    beginning = re.match(r"([A-Z]{1,2})[ -]\d{4,5} ", text)
    for match in (ending, beginning):
        if match:
            code = {"D": "DE", "F": "FR", "A": "AT", "L": "LU", "B": "BE", "I": "IT", "UK": "GB"}.get(
                match[1], match[1]
            )
            if code in COUNTRIES:
                return code
    return None


def _parts(text: str) -> list[str]:
    return [part for part in (p.strip(" *") for p in _PARTS.split(text)) if part] or [text]


@lru_cache(maxsize=20_000)
def _fold(text: str) -> str:
    return "".join(c for c in normalised(text) if c.isalnum())


def _is_return_address(text: str) -> bool:
    """Whether a line is a name with its address in one line: above a window, or in a footer."""
    parts = _parts(text)
    if len(parts) < 2 or parts[0][0].isdigit():
        return False
    return bool(_POSTAL.search(text)) or any(_STREET.search(part) for part in parts[1:])


def _same(a: str, b: str) -> bool:
    x, y = _fold(a), _fold(b)
    return x == y or (min(len(x), len(y)) >= 5 and (x in y or y in x))
