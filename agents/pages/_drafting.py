"""What code makes of an invoice's text without a model: fields with their grounds, and the choices it leaves open.

Amounts that close the arithmetic, rows whose quantity times price is their amount, identifiers whose check digits hold
and values next to an unmistakable label need no model. What is left is offered to one as a choice among candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from agents.documents.reading import Reading
from agents.fields import values
from agents.fields.schema import Evidence, Field, Fields
from agents.pages._candidates import Candidate, Candidates
from agents.pages._parties import Name, Parties
from agents.pages._several import Several, may_hold_several, several
from agents.pages._terms import Choice, Kind, Terms
from agents.pages._totals import Sums, Totals
from agents.pages.table import MOST_LINES, Table, find_table
from infra.records import Finding, finding

CLEAR = 0.7
"""A label at least this clear (`Candidate.announced`) is ground enough to propose a value."""
_THEIRS = (
    "ihre", "your", "votre", "uw ", "vos ", "customer", "kunden", "client", "v/", "vs", "vostra", "su ", "buyer", "klant",
    "cliente",
)  # fmt: skip
"""How the label of a customer's identifier begins."""
_UPPER = 45
"""Lines of the first page from which further numbers and days are offered for choice."""
_MOST_CHOICES = 8
_MOST_BETWEEN = 8
_COUNTRY = {"EL": "GR", "XI": "GB"}
"""Country of a VAT id's first two letters, where ISO 3166 has another code."""


@dataclass
class Draft:
    """``fields`` as far as code comes; ``choices`` are the candidates for each term that is worth asking about."""

    fields: Fields = field(default_factory=dict)
    choices: dict[str, list[Candidate]] = field(default_factory=dict)
    names: dict[str, list[Name]] = field(default_factory=dict)
    """``seller.name`` and ``buyer.name``: the candidates with how much speaks for each, best first."""
    kind: Kind | None = None
    totals: Totals | None = None
    table: Table | None = None
    several: Several | None = None
    """Set where the file holds several invoices."""
    findings: list[Finding] = field(default_factory=list)


def draft(reading: Reading) -> Draft:
    """All that code finds in ``reading``."""
    return _Drafting(reading).draft


class _Drafting:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._all = Candidates(reading)
        self._parties = Parties(self._all)
        self._terms = Terms(self._all, self._parties)
        self._sums = Sums(self._all)
        self.draft = Draft()
        self._header()
        self._names()
        self._identifiers()
        self._totals()
        self._currency()
        self._lines()
        self._type()
        self._several()
        self._left_out()

    def _header(self) -> None:
        self._take("invoice_number", self._terms.invoice_number())
        self._take("issue_date", self._terms.date("issue_date"))
        self._take("due_date", self._terms.date("due_date"))
        self._take("delivery_date", self._terms.date("delivery_date"))
        self._take("purchase_order_ref", self._terms.order())
        terms = self._terms.payment_terms()
        if terms.best:
            self._set("payment.terms", terms.best, terms.best.text, *terms.grounds)
        # What code would not take is offered too: else there is nothing to choose, and agreeing would mean nothing.
        for path, every in (("invoice_number", self._all.references), ("issue_date", self._all.dates)):
            found = self.draft.choices.get(path, [])
            upper = [c for c in every if c.page == 1 and len(c.value) > 3 and c.cell.line < _UPPER]
            self.draft.choices[path] = choices = _once([*found, *upper])[:_MOST_CHOICES]
            if len(choices) == 1 and (field := self.draft.fields.get(path)) and "only" not in field.grounds:
                field.grounds.append("only")

    def _take(self, path: str, choice: Choice) -> None:
        if choice.best is None:
            return
        self.draft.choices[path] = [choice.best, *choice.others]
        grounds = "label" if choice.strength >= CLEAR and "label" in choice.grounds else "weak label"
        if "only" in choice.grounds:
            grounds = "only"
        if choice.strength < 0.4:
            return
        if path.endswith("date") and values.is_ambiguous(choice.best.text) and self._all.date_order is None:
            message = f"{choice.best.text!r} was read as day/month; it could be month/day"
            self.draft.findings.append(finding("DATE-AMBIGUOUS", "error", message, path))
        self._set(path, choice.best, choice.best.value, grounds)

    def _names(self) -> None:
        for role, ranked in (("seller", self._parties.seller), ("buyer", self._parties.buyer)):
            self.draft.names[f"{role}.name"] = ranked
            self.draft.choices[f"{role}.name"] = [n.candidate for n in ranked]
            if ranked and ranked[0].score > 0.3:
                best = ranked[0]
                seller = self.draft.fields.get("seller.name")
                if role == "buyer" and seller is not None and seller.value == best.candidate.value:
                    continue  # the only name there is: nobody invoices himself
                self._set(f"{role}.name", best.candidate, best.candidate.value, _name_ground(ranked))

    def _identifiers(self) -> None:
        seller, buyer = (self._cell(f"{role}.name") for role in ("seller", "buyer"))
        found = self._terms.vat_ids()
        self._vat_ids([c for c, _ in found], {c.value: valid for c, valid in found})
        accounts = self._terms.ibans()
        good = [c for c, valid in accounts if valid] or [c for c, _ in accounts]
        if good:
            held = "check digits" if any(v for c, v in accounts if c is good[0]) else "label"
            self._set("payment.iban", good[0], good[0].value, held, *(["several"] if len(good) > 1 else ["only"]))
        bics = self._terms.bics()
        if bics:
            self._set("payment.bic", bics[0], bics[0].value, "label", *(["several"] if len(bics) > 1 else []))
        for path, numbers in (("legal_id", self._terms.legal_ids()), ("tax_number", self._terms.tax_numbers())):
            for role, name, other in (("seller", seller, buyer), ("buyer", buyer, seller)):
                if name is None:
                    continue
                near = self._terms.nearest(numbers, name.cell, other.cell if other else None)
                if near and not (role == "buyer" and (path == "tax_number" or self._terms_low(near))):
                    self._set(f"{role}.{path}", near, near.value, "label")
            if f"seller.{path}" not in self.draft.fields and f"buyer.{path}" not in self.draft.fields and numbers:
                self._set(f"seller.{path}", numbers[0], numbers[0].value, "label")
        for role, name in (("seller", seller), ("buyer", buyer)):
            self._country(role, name)

    def _terms_low(self, candidate: Candidate) -> bool:
        """Whether it stands in the lowest fifth of the document: the issuer's own particulars."""
        return candidate.cell.line > 0.8 * len(self._all.layout.lines)

    def _vat_ids(self, found: Sequence[Candidate], valid: dict[str, bool]) -> None:
        seller, buyer = (self._cell(f"{role}.name") for role in ("seller", "buyer"))
        mine: Candidate | None = None
        for c in found:
            if any(label.text.casefold().startswith(_THEIRS) for label in c.labels[:1]):
                self._set("buyer.vat_id", c, c.value, "label")
                mine = c
        rest = [c for c in found if mine is None or c.value != mine.value]
        if not rest:
            return
        if mine is None and len({c.value for c in rest}) > 1 and buyer is not None:
            near = self._of_buyer(rest, seller, buyer)
            if near:
                self._set(
                    "buyer.vat_id", near, near.value, "check digits" if valid[near.value] else "label", "position"
                )
                rest = [c for c in rest if c.value != near.value]
        own = self._terms.nearest(rest, seller.cell, buyer.cell if buyer else None) if seller else None
        # Who charges tax must print their own id (VAT Directive, Art. 226), so a single one is the seller's.
        best = own or rest[0]
        self._set(
            "seller.vat_id", best, best.value, "check digits" if valid[best.value] else "label",
            "only" if len({c.value for c in found}) == 1 else "position",
        )  # fmt: skip

    def _of_buyer(self, found: Sequence[Candidate], seller: Candidate | None, buyer: Candidate) -> Candidate | None:
        """The buyer's of several ids: in their address, else nearer to them than to the seller, but not in the imprint."""
        address = {id(cell) for cell in self._parties.block(buyer.cell)}
        own = {id(cell) for cell in self._parties.block(seller.cell)} if seller else set()
        in_address = next((c for c in found if id(c.cell) in address), None)
        upper = [c for c in found if not self._terms_low(c) and id(c.cell) not in own]
        if (
            in_address is None
            and len(upper) == 1
            and len({c.value for c in found}) == 2
            and not own & {id(c.cell) for c in found}
        ):
            return (
                upper[0]
                if any(self._terms_low(c) for c in found)
                else self._terms.nearest(upper, buyer.cell, seller.cell if seller else None)
            )
        return in_address or self._terms.nearest(upper, buyer.cell, seller.cell if seller else None)

    def _country(self, role: str, name: Candidate | None) -> None:
        path = f"{role}.country"
        if name is not None and (code := self._terms.country(name.cell)):
            self._set(path, name, code, "address")
            return
        vat = self.draft.fields.get(f"{role}.vat_id")
        if vat:
            code = _COUNTRY.get(vat.value[:2], vat.value[:2])
            self.draft.fields[path] = _follows(code, "country of the VAT id", "vat id")
            return
        if role == "seller" and (account := self.draft.fields.get("payment.iban")):
            self.draft.fields[path] = _follows(account.value[:2], "country of the account", "account")

    def _totals(self) -> None:
        sums = self._sums
        best = sums.best()
        self.draft.totals = best
        if best is None or best.score < 1.2 or self._contradicted(best, sums):
            self.draft.totals = None
            self._labelled_totals(sums)
            return
        ground = "proved" if best.proved else "arithmetic"
        for term, path, value in (
            ("net", "totals.tax_basis_total", best.net),
            ("tax", "totals.tax_total", best.tax),
            ("gross", "totals.grand_total", best.gross),
        ):
            if value is None:
                continue
            if term in best.cells and not (term == "gross" and best.rounded is not None):
                self._set(path, best.cells[term], f"{value:f}", ground)
            elif term == "gross" and best.rounded is not None:
                self.draft.fields[path] = _follows(f"{value:f}", "net and tax, before rounding", ground)
            else:
                self.draft.fields[path] = _follows(f"{value:f}", "sum over the rates", ground)
        for n, row in enumerate(best.rates):
            for column, number in (("rate", row.rate), ("basis", row.basis), ("amount", row.amount)):
                if column in row.cells:
                    self._set(f"tax_breakdown[{n}].{column}", row.cells[column], f"{number:f}", ground)
        if not best.rates and best.tax == 0:
            self._row_of_nothing(best, sums)
        self._other_totals(sums, best)
        self._second_total(sums, best)

    @staticmethod
    def _contradicted(best: Totals, sums: Sums) -> bool:
        """Whether the best that closes is a total without tax, though a tax and a smaller net are clearly printed: then
        the document does not add up, and its amounts are taken as labelled, for the checks to say so."""
        if best.tax:
            return False
        taxes = [c for c in sums.labelled("tax") if c.announced("tax") >= 0.9 and Decimal(c.value) != 0]
        nets = [c for c in sums.labelled("net") if c.announced("net") >= 0.9 and 0 < Decimal(c.value) < best.gross]
        return bool(taxes and nets)

    def _second_total(self, sums: Sums, best: Totals) -> None:
        """A larger amount that is called the total as clearly: which of the two is meant, a person has to say."""
        known = {abs(best.gross), abs(best.net)}
        rival = next(
            (
                c
                for term in ("gross", "due")
                for c in sums.labelled(term)
                if c.announced(term) >= 0.9
                and abs(Decimal(c.value)) > max(known) + 1
                and c.page == best.cells["gross"].page
            ),
            None,
        )
        if rival is not None:
            message = f"{best.gross} closes the sums, but {rival.value} is printed as a total too ({rival.told})"
            evidence: dict[str, Any] = {"expected": str(best.gross), "found": rival.value}
            self.draft.findings.append(finding("SECOND-TOTAL", "error", message, "totals.grand_total", **evidence))

    def _row_of_nothing(self, best: Totals, sums: Sums) -> None:
        zero = next((c for r, c in sums.rates.items() if r == 0), None)
        if zero is not None and len(sums.rates) == 1:
            self._set("tax_breakdown[0].rate", zero, "0", "arithmetic")
            self._set("tax_breakdown[0].basis", best.cells["net"], f"{best.net:f}", "arithmetic")
            if "tax" in best.cells:
                self._set("tax_breakdown[0].amount", best.cells["tax"], "0", "arithmetic")

    def _labelled_totals(self, sums: Sums) -> None:
        """Without a sum that closes, what labels say: a person looks at it in any case."""
        gross = next(iter([*sums.labelled("gross"), *sums.labelled("due")]), None)
        if gross is None:
            return
        self._set("totals.grand_total", gross, gross.value, "label")
        most, least = abs(Decimal(gross.value)), abs(Decimal(gross.value)) * Decimal("0.7")
        for term, path, low in (("net", "totals.tax_basis_total", least), ("tax", "totals.tax_total", Decimal(0))):
            said = [
                c
                for c in sums.labelled(term)
                if low <= abs(Decimal(c.value)) <= (most if term == "net" else most - least)
            ]
            if said:
                self._set(path, said[0], said[0].value, "label")
        if not sums.labelled("tax"):
            self._set("totals.tax_basis_total", gross, gross.value, "guess")

    def _other_totals(self, sums: Sums, best: Totals) -> None:
        if (rounding := self._by_label(sums, "rounding", set())) is not None:
            self._set("totals.rounding", rounding, rounding.value, "label")
        if best.rounded is not None:  # BR-CO-16: what is due is the total after rounding
            self._set("totals.due_payable", best.cells["gross"], f"{best.rounded:f}", "proved")
            return
        prepaid, due = self._paid_and_due(sums, best)
        if prepaid and due:
            paid = best.gross - Decimal(due.value)
            if len(prepaid) == 1:
                self._set("totals.prepaid", prepaid[0], f"{paid:f}", "proved")
            else:
                self.draft.fields["totals.prepaid"] = _follows(f"{paid:f}", "sum of what was paid before", "proved")
            self._set("totals.due_payable", due, due.value, "proved")
        elif due is not None and Decimal(due.value) == best.gross:
            self._set("totals.due_payable", due, due.value, "proved" if best.proved else "arithmetic")
            zero = self._by_label(sums, "prepaid", {best.net, best.gross})
            if zero is not None and Decimal(zero.value) == 0:
                self._set("totals.prepaid", zero, "0", "label")
        elif due is not None:
            self._set("totals.due_payable", due, due.value, "label")
        else:
            rule = "BR-CO-16, nothing paid before"
            self.draft.fields["totals.due_payable"] = _follows(f"{best.gross:f}", rule, "follows")
        for term in ("allowance_total", "charge_total"):
            said = self._by_label(sums, term, {best.net, best.gross})
            if said is not None:
                self._set(
                    f"totals.{term}",
                    said,
                    f"{abs(Decimal(said.value)) if best.net > 0 else Decimal(said.value):f}",
                    "label",
                )

    def _paid_and_due(self, sums: Sums, best: Totals) -> tuple[list[Candidate], Candidate | None]:
        """What was paid before and what is still due, where the two make the total (BR-CO-16); else what is called due."""
        paid = [c for c in sums.labelled("prepaid") if c.announced("prepaid") >= CLEAR and Decimal(c.value) != 0]
        paid = list({(c.value, c.cell.line): c for c in paid}.values())[:6]
        named = [c for c in sums.labelled("due") if c.announced("due") >= CLEAR]
        behind = [c for c in sums.money if best.cells and c.cell.line > best.cells["gross"].cell.line]
        for some in ([p] for p in paid):
            for due in [*named, *behind]:
                if abs(Decimal(due.value)) + abs(Decimal(some[0].value)) == abs(best.gross) and due is not some[0]:
                    return some, due
        for due in named:
            # What is taken off between the total and what is due: earlier invoices, a retained sum.
            last = best.cells["gross"].cell.line if "gross" in best.cells else due.cell.line
            between = [c for c in sums.money if last < c.cell.line < due.cell.line and _taken_off(c)][:8]
            if between and abs(best.gross) - sum(abs(Decimal(c.value)) for c in between) == abs(Decimal(due.value)):
                return between, due
        if len(paid) > 1:
            total = sum((abs(Decimal(p.value)) for p in paid), Decimal(0))
            for due in [*named, *behind]:
                if abs(Decimal(due.value)) + total == abs(best.gross):
                    return paid, due
        return [], next(iter(named), None)

    def _by_label(self, sums: Sums, term: str, not_these: set[Decimal]) -> Candidate | None:
        return next(
            (c for c in sums.labelled(term) if c.announced(term) >= CLEAR and Decimal(c.value) not in not_these), None
        )

    def _lines(self) -> None:
        totals = self.draft.totals
        wanted = [totals.net] if totals else []
        table = find_table(self._all.layout, totals=wanted)
        self.draft.table = table
        if table is None:
            return
        amounts = self._to_net(table)
        closes = table.closed or bool(amounts)
        for n, row in enumerate(table.rows):
            ground = "proved" if row.proved and closes else "row" if row.proved else "layout"
            for column, cell in row.cells.items():
                self.draft.fields[f"lines[{n}].{column}"] = Field(
                    value=cell.value,
                    evidence=Evidence(source="rule", page=cell.page, box=cell.box, text=cell.text),
                    grounds=["text" if column in ("name", "id", "unit") else ground],
                )
        if closes and table.total is not None:
            self.draft.fields["totals.line_total"] = _follows(
                f"{table.total:f}", "sum of the lines (BR-CO-10)", "proved"
            )
            self._adjustments(table.total, amounts)

    def _to_net(self, table: Table) -> list[Decimal]:
        """The allowances (negative) and charges on the document that lead from the sum of the lines to the net total."""
        totals = self.draft.totals
        recognised = [a.amount for a in table.adjustments]
        if totals is None or table.total is None:
            return recognised if table.closed else []
        if table.total == totals.net:
            for term in (
                "allowance_total",
                "charge_total",
            ):  # what a label calls so is one of the lines, or paid before
                field = self.draft.fields.get(f"totals.{term}")
                if field is not None and field.number != 0:
                    del self.draft.fields[f"totals.{term}"]
            return []
        if table.total + sum(recognised, Decimal(0)) == totals.net:
            return recognised
        return self._between(table) or (recognised if table.closed else [])

    def _between(self, table: Table) -> list[Decimal]:
        """Amounts printed between the lines and the net total that lead from the one to the other: allowances and
        charges on the whole document, whatever they are called. At most four."""
        totals = self.draft.totals
        if totals is None or table.total is None or "net" not in totals.cells or table.total == totals.net:
            return []
        labelled = [
            sign * field.number
            for term, sign in (("allowance_total", -1), ("charge_total", 1))
            if (field := self.draft.fields.get(f"totals.{term}")) is not None
        ]
        if labelled and table.total + sum(labelled, Decimal(0)) == totals.net:
            return labelled
        last = totals.cells["net"].cell.line
        some = [c for c in self._sums.money if table.last_line < c.cell.line <= last and c is not totals.cells["net"]]
        some = [c for c in some if Decimal(c.value) not in (0, table.total, totals.net)][:_MOST_BETWEEN]
        for size in range(1, 5):
            for chosen in combinations(some, size):
                amounts = [-abs(Decimal(c.value)) if _taken_off(c) else Decimal(c.value) for c in chosen]
                for signed in product((1, -1), repeat=size):
                    meant = [a * sign for a, sign in zip(amounts, signed, strict=True)]
                    if table.total + sum(meant, Decimal(0)) == totals.net:
                        return meant
        return []

    def _adjustments(self, lines: Decimal, amounts: Sequence[Decimal]) -> None:
        """The sums of document allowances and charges (BR-CO-11, BR-CO-12), where they lead from the lines to the net."""
        for term, sign in (("allowance_total", -1), ("charge_total", 1)):
            some = [a for a in amounts if (a * (lines or 1) > 0) == (sign > 0)]
            if some:
                value = sum(some, Decimal(0)) * sign
                self.draft.fields[f"totals.{term}"] = _follows(f"{value:f}", "sum over the document", "proved")

    def _currency(self) -> None:
        text = self._reading.text
        if currency := values.the_currency(text):
            self._printed("currency", currency.code, currency.printed, "only")
            return
        named = values.currencies(text)
        for c in self._all.matching(values.CODE, str):
            if c.announced("currency") >= CLEAR:
                self._set("currency", c, c.value, "label")
                return
        if named and (len(named) == 1 or named[0].times > 2 * named[1].times):
            self._printed("currency", named[0].code, named[0].printed, "most")
        elif not named and "$" in text:
            self._printed("currency", "USD", "$", "guess")

    def _type(self) -> None:
        kind, _ = self._terms.kind()
        self.draft.kind = kind
        if kind in ("invoice", "credit_note"):
            self.draft.fields["type_code"] = _follows(
                "381" if kind == "credit_note" else "380", "title of the document", "title"
            )

    def _several(self) -> None:
        """Pages that announce numbers and totals of their own are invoices of their own: none is taken for all of them."""
        numbers = self._terms.numbers_by_page()
        ids = [c for found in (self._terms.vat_ids(), self._terms.ibans()) for c, valid in found if valid]
        if may_hold_several(numbers, ids):
            money = [c for c in self._all.amounts if values.is_money(c.text)]
            totals = [c for c in money if max(c.announced("gross"), c.announced("due")) >= CLEAR]
            self.draft.several = several(self._all.layout, numbers, ids, totals)

    def _left_out(self) -> None:
        """What is more than code looks at, as a person has to look at it instead."""
        layout, told = self._all.layout, []
        if layout.left_out:
            told.append(f"{layout.left_out} words are too long, or stand on lines of too many columns")
        if len(layout.lines) > MOST_LINES:
            told.append(f"tables were looked for on the first {MOST_LINES} of {len(layout.lines)} lines")
        if self._all.left_out:
            told.append(f"{self._all.left_out} numbers in its middle were not looked at")
        for what in told:
            message = f"the document is longer than code reads whole: {what}. Compare what was read with it"
            self.draft.findings.append(finding("LONG-DOCUMENT", "error", message))

    def _printed(self, path: str, value: str, printed: str, *grounds: str) -> None:
        for cell in self._all.layout.cells():
            if printed in cell.text:
                self._set(path, self._all.whole(cell, printed), value, *grounds)
                return
        self.draft.fields[path] = _follows(value, "text of the document", *grounds)

    def _set(self, path: str, candidate: Candidate, value: str, *grounds: str) -> None:
        self.draft.fields[path] = Field(
            value=value,
            evidence=Evidence(source="rule", page=candidate.page, box=candidate.box, text=candidate.text),
            grounds=list(grounds),
        )

    def _cell(self, path: str) -> Candidate | None:
        return next(iter(self.draft.choices.get(path, [])), None) if path in self.draft.fields else None


def _name_ground(ranked: Sequence[Name]) -> str:
    best = ranked[0]
    lead = best.score - (ranked[1].score if len(ranked) > 1 else 0.0)
    if best.two_names:
        return "two names"
    if best.labelled and lead > 0.4:
        return "label"
    if best.score < 1.2 or lead <= 0.4:
        return "guess"
    return "firm" if best.firm else "position"


def _taken_off(candidate: Candidate) -> bool:
    """Whether a minus stands before an amount, or brackets around it."""
    at = candidate.cell.text.find(candidate.text)
    return Decimal(candidate.value) < 0 or candidate.cell.text[:at].rstrip().endswith(("-", "−", "–", "("))


def _follows(value: str, rule: str, *grounds: str) -> Field:
    return Field(value=value, evidence=Evidence(source="rule", locator=rule), grounds=list(grounds))


def _once(candidates: Sequence[Candidate]) -> list[Candidate]:
    return list({c.value: c for c in reversed(candidates)}.values())[::-1]
