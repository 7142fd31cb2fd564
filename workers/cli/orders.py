"""``orders``: purchase orders and what was received against them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from workers.cli._console import (
    JsonOption,
    Problem,
    add_row,
    amount_text,
    cell,
    failing_clearly,
    opened_ledger,
    out,
    print_json,
    run,
    table,
)
from workers.cli._master import (
    FileArgument,
    OutOption,
    SkipBadOption,
    TenantOption,
    changes,
    give_csv,
    good_records,
    the_tenant,
)
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.ledger import Ledger
    from infra.records import Order, OrderLine, OrderOnRecord, Receipt

IMPORT_EPILOG = """Examples:

counterfoil orders import orders.csv

counterfoil orders import orders.json --tenant acme --json

CSV has a row for each line of an order: number, currency, line, name, quantity and unit_price (net), and if wanted article,
unit, vendor_id, ordered_on, ordered_by, cost_centre, receipt_required (yes: what was not received is not paid) and closed;
what stands once for an order may stand in its first row alone. JSON is a list of orders with their lines:
[{"number": "4500-1", "currency": "EUR", "lines": [{"line": "10", "name": "Cable", "quantity": 2, "unit_price": 3.50}]}]"""
EXPORT_EPILOG = """Examples:

counterfoil orders export --out orders.csv

counterfoil orders export --receipts --out receipts.csv

counterfoil orders export --json > orders.json

CSV in UTF-8, or JSON, which import (of receipts: receive) reads back to the same. Text that a spreadsheet would take for
a formula begins with an apostrophe, which reading takes away."""
LIST_EPILOG = """Examples:

counterfoil orders list

counterfoil orders list --open --json"""
SHOW_EPILOG = "Example:  counterfoil orders show 4500-1"
RECEIVE_EPILOG = """Examples:

counterfoil orders receive delivery-notes.csv

Columns: number (of the delivery note), order, line (of the order), quantity (negative for what went back), and if wanted
received_on. The same line of the same delivery note again replaces what it said."""


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(no_args_is_help=True, help="Purchase orders and receipts that invoices are held against.")
    group.command("import", epilog=IMPORT_EPILOG)(import_)
    group.command("export", epilog=EXPORT_EPILOG)(export)
    group.command("list", epilog=LIST_EPILOG)(list_)
    group.command("show", epilog=SHOW_EPILOG)(show)
    group.command("receive", epilog=RECEIVE_EPILOG)(receive)
    app.add_typer(group, name="orders", rich_help_panel="Master data")


def import_(
    file: FileArgument, tenant: TenantOption = None, skip_bad: SkipBadOption = False, as_json: JsonOption = False
) -> None:
    """Import purchase orders: each replaces the one with its number. A bad row is told, and then nothing is imported."""
    with failing_clearly():
        from workers.master import read_orders

        of = the_tenant(tenant)

        async def work() -> tuple[list[Order], list[Any], dict[str, Order], int]:
            async with opened_ledger() as ledger:
                known = {order.number: order for order in await ledger.orders(of)}
                vendors = {vendor.id for vendor in await ledger.vendors(of)}
                given, wrong = good_records(
                    lambda: read_orders(file, of, known, vendors), skip_bad=skip_bad, as_json=as_json
                )
                return given, wrong, known, await ledger.put_orders(given)

        given, wrong, known, new = run(work())
        changed = [one.number for one in given if one.number in known and known[one.number] != one]
        if as_json:
            print_json({"tenant": of, "imported": len(given), "new": new, "changed": changed, "problems": wrong})
        else:
            told = f"{counted(len(given), 'order')} of tenant {of}: {changes(new, len(changed), given)}"
            out().print(cell(told), soft_wrap=True)
        if wrong:
            raise typer.Exit(1)


def receive(
    file: FileArgument, tenant: TenantOption = None, skip_bad: SkipBadOption = False, as_json: JsonOption = False
) -> None:
    """Import what was received against orders. A bad row is told, and then nothing is imported."""
    with failing_clearly():
        from workers.master import read_receipts

        of = the_tenant(tenant)

        async def work() -> tuple[int, list[Any], int]:
            async with opened_ledger() as ledger:
                orders = {order.number: order for order in await ledger.orders(of)}
                given, wrong = good_records(lambda: read_receipts(file, of, orders), skip_bad=skip_bad, as_json=as_json)
                return len(given), wrong, await ledger.put_receipts(given)

        number, wrong, new = run(work())
        if as_json:
            print_json({"tenant": of, "imported": number, "new": new, "problems": wrong})
        else:
            told = f"{counted(number, 'line')} of receipts of tenant {of}: {new:,} new"
            out().print(cell(told), soft_wrap=True)
        if wrong:
            raise typer.Exit(1)


def export(
    file: OutOption = None,
    receipts: Annotated[bool, typer.Option("--receipts", help="What was received, in place of orders.")] = False,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export the orders, or the receipts, as CSV or JSON that is read back to the same."""
    with failing_clearly():
        from workers.master import order_json, receipt_json, write_orders, write_receipts

        if as_json and file is not None:
            raise Problem("--json prints to standard output; leave out --out, or write `--json > FILE`", code=2)
        of = the_tenant(tenant)

        async def work() -> tuple[list[Order], list[Receipt]]:
            async with opened_ledger() as ledger:
                return ([], await ledger.receipts(of)) if receipts else (await ledger.orders(of), [])

        orders, received = run(work())
        if as_json and receipts:
            print_json({"receipts": [receipt_json(one) for one in received]})
        elif as_json:
            print_json({"orders": [order_json(one) for one in orders]})
        elif receipts:
            give_csv(write_receipts(received), file, f"{counted(len(received), 'line')} of receipts")
        else:
            give_csv(write_orders(orders), file, counted(len(orders), "order"))


def list_(
    tenant: TenantOption = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the purchase orders. As JSON, import reads them back to the same."""
    with failing_clearly():
        from workers.master import order_json

        of = the_tenant(tenant)

        async def work() -> list[Order]:
            async with opened_ledger() as ledger:
                return await ledger.orders(of, open_only=open_only)

        found = run(work())
        if as_json:
            print_json({"orders": [order_json(one) for one in found]})
            return
        console = out()
        if not found:
            which = "open orders" if open_only else "orders"
            said = f"no {which} of tenant {of}; `counterfoil orders import FILE` takes them from a file"
            console.print(cell(said), soft_wrap=True)
            return
        shown = table(
            "number", "vendor", "ordered", "lines", "net", "note", right=("lines", "net"), whole=("number", "ordered")
        )
        for one in found:
            net = sum((line.quantity * line.unit_price for line in one.lines), Decimal(0))
            notes = ["closed"] * one.closed + ["receipt required"] * one.receipt_required
            row = (one.number, one.vendor_id, one.ordered_on, len(one.lines), amount_text(net, one.currency))
            add_row(shown, *row, ", ".join(notes))
        console.print(shown)
        console.print(counted(len(found), "order"))


@dataclass(frozen=True)
class Standing:
    """How far a line of an order is; ``open`` is what may still be billed of what was ordered."""

    line: OrderLine
    received: Decimal
    billed: Decimal
    amount: Decimal
    """Billed, net."""

    @property
    def open(self) -> Decimal:
        return self.line.quantity - self.billed


def show(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number.")],
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an order: of each line what was ordered, received and billed, and what is open. Invoices that are still being
    processed or wait for a person count as billed."""
    with failing_clearly():
        from workers.master import order_json, plain_number

        of = the_tenant(tenant)

        async def work() -> OrderOnRecord:
            async with opened_ledger() as ledger:
                return await _on_record(ledger, of, number)

        found = run(work())
        order, lines = found.order, _standing(found)
        invoices = sorted({one.execution_id for one in found.billed})
        if as_json:
            standing = [
                {
                    "line": one.line.line,
                    **{name: plain_number(getattr(one, name)) for name in ("received", "billed", "open", "amount")},
                }
                for one in lines
            ]
            print_json(
                {
                    "order": order_json(order),
                    "lines": standing,
                    "receipts": [r.model_dump(mode="json") for r in found.receipts],
                    "billed_by": invoices,
                }
            )
            return
        console = out()
        console.print(Text.assemble(cell(f"Order {order.number}", "bold"), *_about(order)), soft_wrap=True)
        numbers = ("ordered", "received", "billed", "open", "price")
        shown = table("line", "name", *numbers, "unit", right=numbers, whole=("line",))
        for one in lines:
            received = plain(one.received) if found.receipts or order.receipt_required else ""
            left = cell(plain(one.open), "red" if one.open < 0 else "")
            price = amount_text(one.line.unit_price, order.currency)
            name = f"{one.line.name} ({one.line.article})" if one.line.article else one.line.name
            row = (
                one.line.line,
                name,
                plain(one.line.quantity),
                received,
                plain(one.billed),
                left,
                price,
                one.line.unit,
            )
            add_row(shown, *row)
        console.print(shown)
        total = sum((one.amount for one in lines), Decimal(0))
        ordered = sum((line.quantity * line.unit_price for line in order.lines), Decimal(0))
        net = f"{amount_text(total, order.currency)} of {amount_text(ordered, order.currency)}"
        by = f" by {', '.join(invoices[:5])}{' …' if len(invoices) > 5 else ''}" if invoices else ""
        console.print(cell(f"billed {net} net{by}"), soft_wrap=True)


def plain(number: Decimal) -> str:
    """A quantity with all its digits, and no more."""
    digits = format(number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


async def _on_record(ledger: Ledger, tenant: str, number: str) -> OrderOnRecord:
    """The order that is meant, with its receipts and all that invoices bill.

    Raises:
        Problem: there is none, with the numbers nearest to it.
    """
    # Nothing is billed by this: no execution has this id.
    found = await ledger.match_order(tenant, number, "", lambda on_record: ([], on_record))
    if found is not None:
        return found
    near = get_close_matches(number, [order.number for order in await ledger.orders(tenant)])
    meant = f" Is it {' or '.join(near)}?" if near else ""
    raise Problem(f"tenant {tenant} has no order {number!r}.{meant} `counterfoil orders list` has the numbers")


def _standing(found: OrderOnRecord) -> list[Standing]:
    def total(given: list[tuple[str, Decimal]], line: str) -> Decimal:
        return sum((quantity for of, quantity in given if of == line), Decimal(0))

    received = [(one.line, one.quantity) for one in found.receipts]
    billed = [(one.line, one.quantity) for one in found.billed]
    amounts = [(one.line, one.amount) for one in found.billed]
    return [
        Standing(one, total(received, one.line), total(billed, one.line), total(amounts, one.line))
        for one in found.order.lines
    ]


def _about(order: Order) -> list[Text]:
    parts = [
        f"of {order.vendor_id}" if order.vendor_id else "",
        f"ordered on {order.ordered_on}" if order.ordered_on else "",
        f"by {order.ordered_by}" if order.ordered_by else "",
        f"cost centre {order.cost_centre}" if order.cost_centre else "",
        "closed" if order.closed else "",
        "receipt required" if order.receipt_required else "",
    ]
    return [cell(f"  {part}") for part in parts if part]
