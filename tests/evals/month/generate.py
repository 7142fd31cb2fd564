"""A month of one firm's invoices: most in order, some that should not pass, and a truth that says which.

The same seed and number of documents give the same files, byte by byte.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from infra.records import Order, Receipt, Vendor
from tests.evals.month.days import LIMIT
from tests.evals.month.forms import ENDING, Form, written
from tests.evals.month.making import Making
from tests.evals.month.planting import plant
from tests.evals.month.truth import Told, planted, sound
from tests.evals.month.vendors import FIRMS, TENANT, Firm, sanctions_list
from workers.master import write_orders, write_receipts, write_vendors

DOCUMENTS = 300
LEAST = 40
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
    """The month's master data, and the ``truth``: ``documents`` by file name."""

    tenant: str
    vendors: list[Vendor]
    orders: list[Order]
    receipts: list[Receipt]
    truth: dict[str, dict[str, Told]]


def generate(folder: Path, seed: int = 1, documents: int = DOCUMENTS) -> Month:
    """Make the month, and write ``documents/``, the master data, the manifest, the policy and ``truth.json`` into ``folder``.

    Args:
        folder: made if missing.
        documents: how many; of fewer than `DOCUMENTS` as large a part is planted, but at least one of each kind.

    Raises:
        ValueError: there is no room for one of each kind, or for so many without one looking split.
    """
    if documents < LEAST:
        raise ValueError(f"a month has at least {LEAST} documents, not {documents}: one of each kind has to be in it")
    share = min(1.0, documents / DOCUMENTS)
    making = Making(seed, orders=round(ORDERS * share))
    groups = plant(making, documents, share)
    _give_forms(making, documents)
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    told: dict[str, Told] = {}
    file_of: dict[int, str] = {}
    named: list[tuple[str, str]] = []
    for place, bill in enumerate(making.dice.sample(making.bills, len(making.bills)), 1):
        form, doc = bill.form or "facturx", bill.doc()
        file = f"{place:03d}_{_slug(bill.firm)}_{re.sub(r'[^A-Za-z0-9]+', '-', doc.number)}.{ENDING[form]}"
        (folder / "documents" / file).write_bytes(written(doc, form))
        if bill.order and bill.order_beside:
            named.append((f"documents/{file}", bill.order))
        told[file] = sound(
            bill.firm.id, form, bill.look_alike, number=doc.number, amount=f"{doc.grand:.2f}", iban=doc.iban
        )
        file_of[id(bill)] = file
    for n, group in enumerate(groups, 1):
        for at, bill in enumerate(group.bills):
            name = f"{group.kind} {n}"
            planted(told[file_of[id(bill)]], group.kind, group.variety, group.rule, name, at, len(group.bills))
    month = Month(TENANT, [firm.vendor() for firm in FIRMS], making.orders, making.receipts, {"documents": told})
    _write(folder, month, named)
    return month


def _write(folder: Path, month: Month, named: list[tuple[str, str]]) -> None:
    """``named``: the order of each file whose sender named it beside the document and not in it."""
    contents = {
        "vendors.csv": write_vendors(month.vendors),
        "orders.csv": write_orders(month.orders),
        "receipts.csv": write_receipts(month.receipts),
        "sanctions.csv": sanctions_list(),
        "manifest.csv": "".join(f"{file},{order}\n" for file, order in [("file", "purchase_order"), *named]),
        "approval.yaml": POLICY,
        "truth.json": json.dumps(month.truth, indent=1, ensure_ascii=False) + "\n",
    }
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8", newline="")


def _give_forms(making: Making, documents: int) -> None:
    """A form for each that has none yet, so that in all there are as many of each as there should be."""
    forms: list[Form] = []
    for form, count in (("plain", _PLAIN), ("cii", _BARE), ("ubl", _BARE)):
        has = sum(bill.form == form for bill in making.bills)
        forms += [form] * max(0, round(count * documents / DOCUMENTS) - has)  # type: ignore[list-item]
    without = [bill for bill in making.bills if bill.form is None]
    making.dice.shuffle(without)
    for bill, form_given in zip(without, [*forms, *["facturx"] * len(without)], strict=False):
        bill.form = form_given  # type: ignore[assignment]


def _slug(firm: Firm) -> str:
    return re.sub(r"[^a-z]+", "-", firm.name.split()[0].casefold()).strip("-")
