"""A month of one firm's invoices: most in order, some that should not pass, and a truth that says which.

The same seed and number of documents give the same files, byte by byte.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from infra.ledger import Order, Receipt, Vendor
from tests.month.days import LIMIT
from tests.month.forms import ENDING, Form, written
from tests.month.making import Making
from tests.month.planting import plant
from tests.month.truth import Document, Planted, Truth
from tests.month.vendors import FIRMS, TENANT, Firm, write_sanctions
from workers.master import write_orders, write_receipts, write_vendors

DOCUMENTS = 300
LEAST = 60
"""Documents below which there is no room for one of each kind."""
ORDERS = 80
_PLAIN, _BARE = 80, 20
"""Of `DOCUMENTS`: plain PDFs, and bare XML of each syntax; the others are Factur-X."""

POLICY = f"""# What passes without a person in the month: as the starter policy has it.
name: month
auto_approval:
  enabled: true
  limits: {{EUR: {LIMIT}}}
  sure: 0.95
approvers:
  - id: clerks
    people: [anna, ben]
own_submission: forbidden
matching:
  price_percent: 2
  price_amount: 0.01
  quantity_percent: 0
  duplicate_days: 10
  split_days: 3
"""


@dataclass(frozen=True)
class Month:
    """The month as it is handed in: files by name, master data, and the truth. ``orders_named`` has the order of those files
    whose sender named it beside them and not in them."""

    files: dict[str, bytes]
    vendors: list[Vendor]
    orders: list[Order]
    receipts: list[Receipt]
    orders_named: dict[str, str]
    truth: Truth

    def write(self, folder: Path) -> None:
        """Write ``documents/``, the master data, the manifest, the policy and ``truth.json`` into ``folder``."""
        documents = folder / "documents"
        documents.mkdir(parents=True, exist_ok=True)
        for name, data in self.files.items():
            (documents / name).write_bytes(data)
        made = {
            "vendors.csv": write_vendors(self.vendors),
            "orders.csv": write_orders(self.orders),
            "receipts.csv": write_receipts(self.receipts),
        }
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        with (folder / "sanctions.csv").open("w", encoding="utf-8", newline="") as file:
            write_sanctions(file)
        with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "purchase_order"])
            writer.writerows((f"documents/{name}", order) for name, order in self.orders_named.items())
        (folder / "approval.yaml").write_text(POLICY, encoding="utf-8")
        self.truth.write(folder / "truth.json")


def generate(seed: int, documents: int = DOCUMENTS) -> Month:
    """Make the month.

    Args:
        documents: how many; of fewer than `DOCUMENTS` as large a part is planted, but at least one of each kind.
    """
    if documents < LEAST:
        raise ValueError(f"a month has at least {LEAST} documents, not {documents}: one of each kind has to be in it")
    share = min(1.0, documents / DOCUMENTS)
    making = Making(seed, orders=round(ORDERS * share))
    groups = plant(making, documents, share)
    order = making.dice.sample(range(len(making.made)), len(making.made))
    _give_forms(making, documents)
    files: dict[str, bytes] = {}
    told: dict[int, Document] = {}
    named: dict[str, str] = {}
    firms = {firm.id: firm for firm in FIRMS}
    for place, at in enumerate(order, 1):
        one = making.made[at]
        form = one.form or "facturx"
        doc = one.doc()
        file = f"{place:03d}_{_slug(firms[one.firm.id])}_{re.sub(r'[^A-Za-z0-9]+', '-', doc.number)}.{ENDING[form]}"
        files[file] = written(doc, form)
        if one.order and one.order_beside:
            named[file] = one.order
        told[at] = Document(
            file, form, one.firm.id, doc.number, doc.date.isoformat(), doc.grand, doc.cur, doc.iban, one.order,
            one.look_alike,
        )  # fmt: skip
    at_of = {id(one): n for n, one in enumerate(making.made)}
    planted = [
        Planted(f"{group.kind} {n}", group.kind, group.variety, group.rule, tuple(told[at_of[id(m)]].file for m in group.made))
        for n, group in enumerate(groups, 1)
    ]  # fmt: skip
    truth = Truth(seed, TENANT, LIMIT, tuple(told[at] for at in order), tuple(planted))
    vendors = [firm.vendor() for firm in FIRMS]
    return Month(files, vendors, making.orders, making.receipts, named, truth)


def _give_forms(making: Making, documents: int) -> None:
    """A form for each that has none yet, so that in all there are as many of each as there should be."""
    forms: list[Form] = []
    for form, count in (("plain", _PLAIN), ("cii", _BARE), ("ubl", _BARE)):
        has = sum(one.form == form for one in making.made)
        forms += [form] * max(0, round(count * documents / DOCUMENTS) - has)  # type: ignore[list-item]
    without = [one for one in making.made if one.form is None]
    making.dice.shuffle(without)
    for one, form_given in zip(without, [*forms, *["facturx"] * len(without)], strict=False):
        one.form = form_given  # type: ignore[assignment]


def _slug(firm: Firm) -> str:
    return re.sub(r"[^a-z]+", "-", firm.name.split()[0].casefold()).strip("-")
