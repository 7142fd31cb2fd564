"""``orders``: purchase orders and what was received against them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from workers.cli._console import JsonOption, add_row, cell, in_office, out, print_json, say, table, the_tenant
from workers.cli._master import (
    FileArgument,
    OutOption,
    SkipBadOption,
    TenantOption,
    changes,
    give_csv,
    one_output,
    tell_problems,
)
from workers.office.wording import amount_text, counted

if TYPE_CHECKING:
    from infra.records import Order
    from workers.office.orders import OrderStanding

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
    from workers.office import orders

    of = the_tenant(tenant)
    imported = in_office(lambda office: orders.import_orders(office, file, of, skip_bad=skip_bad))
    tell_problems(imported, skip_bad=skip_bad, as_json=as_json)
    if as_json:
        changed = [order.number for order in imported.changed]
        kept = {"tenant": of, "imported": len(imported.kept), "new": imported.new, "changed": changed}
        print_json({**kept, "problems": imported.problems})
    else:
        say(f"{counted(len(imported.kept), 'order')} of tenant {of}: {changes(imported)}")
    if imported.problems:
        raise typer.Exit(1)


def receive(
    file: FileArgument, tenant: TenantOption = None, skip_bad: SkipBadOption = False, as_json: JsonOption = False
) -> None:
    """Import what was received against orders. A bad row is told, and then nothing is imported."""
    from workers.office import orders

    of = the_tenant(tenant)
    imported = in_office(lambda office: orders.import_receipts(office, file, of, skip_bad=skip_bad))
    tell_problems(imported, skip_bad=skip_bad, as_json=as_json)
    number, new = len(imported.kept), imported.new
    if as_json:
        print_json({"tenant": of, "imported": number, "new": new, "problems": imported.problems})
    else:
        say(f"{counted(number, 'line')} of receipts of tenant {of}: {new:,} new")
    if imported.problems:
        raise typer.Exit(1)


def export(
    file: OutOption = None,
    receipts: Annotated[bool, typer.Option("--receipts", help="What was received, in place of orders.")] = False,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export the orders, or the receipts, as CSV or JSON that is read back to the same."""
    from workers.master import order_json, receipt_json, write_orders, write_receipts
    from workers.office import orders

    one_output(as_json, file)
    of = the_tenant(tenant)
    if receipts:
        received = in_office(lambda office: orders.receipts(office, of))
        if as_json:
            print_json({"receipts": [receipt_json(receipt) for receipt in received]})
        else:
            give_csv(write_receipts(received), file, f"{counted(len(received), 'line')} of receipts")
        return
    listed = in_office(lambda office: orders.orders(office, of))
    if as_json:
        print_json({"orders": [order_json(order) for order in listed]})
    else:
        give_csv(write_orders(listed), file, counted(len(listed), "order"))


def list_(
    tenant: TenantOption = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the purchase orders. As JSON, import reads them back to the same."""
    from workers.master import order_json
    from workers.office import orders

    of = the_tenant(tenant)
    listed = in_office(lambda office: orders.orders(office, of, open_only=open_only))
    if as_json:
        print_json({"orders": [order_json(order) for order in listed]})
        return
    if not listed:
        which = "open orders" if open_only else "orders"
        say(f"no {which} of tenant {of}; `counterfoil orders import FILE` takes them from a file")
        return
    shown = table(
        "number", "vendor", "ordered", "lines", "net", "note", right=("lines", "net"), whole=("number", "ordered")
    )
    for order in listed:
        notes = ["closed"] * order.closed + ["receipt required"] * order.receipt_required
        net = amount_text(_net(order), order.currency)
        add_row(shown, order.number, order.vendor_id, order.ordered_on, len(order.lines), net, ", ".join(notes))
    out().print(shown)
    say(counted(len(listed), "order"))


def show(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number.")],
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an order: of each line what was ordered, received and billed, and what is open. Invoices that are still being
    processed or wait for a person count as billed."""
    from workers.master import order_json, plain_number
    from workers.office import orders

    standing = in_office(lambda office: orders.order(office, the_tenant(tenant), number))
    if not as_json:
        _print(standing)
        return
    figures = ("received", "billed", "open", "amount")
    lines = [
        {"line": line.line.line, **{name: plain_number(getattr(line, name)) for name in figures}}
        for line in standing.lines
    ]
    print_json(
        {
            "order": order_json(standing.order),
            "lines": lines,
            "receipts": [receipt.model_dump(mode="json") for receipt in standing.receipts],
            "billed_by": standing.billed_by,
        }
    )


def _print(standing: OrderStanding) -> None:
    order, invoices = standing.order, standing.billed_by
    out().print(Text.assemble(cell(f"Order {order.number}", "bold"), *_about(order)), soft_wrap=True)
    numbers = ("ordered", "received", "billed", "open", "price")
    shown = table("line", "name", *numbers, "unit", right=numbers, whole=("line",))
    for line in standing.lines:
        ordered = line.line
        add_row(
            shown,
            ordered.line,
            f"{ordered.name} ({ordered.article})" if ordered.article else ordered.name,
            plain(ordered.quantity),
            plain(line.received) if standing.receipts or order.receipt_required else "",
            plain(line.billed),
            cell(plain(line.open), "red" if line.open < 0 else ""),
            amount_text(ordered.unit_price, order.currency),
            ordered.unit,
        )
    out().print(shown)
    total = sum((line.amount for line in standing.lines), Decimal(0))
    net = f"{amount_text(total, order.currency)} of {amount_text(_net(order), order.currency)}"
    by = f" by {', '.join(invoices[:5])}{' …' if len(invoices) > 5 else ''}" if invoices else ""
    say(f"billed {net} net{by}")


def _net(order: Order) -> Decimal:
    return sum((line.quantity * line.unit_price for line in order.lines), Decimal(0))


def plain(number: Decimal) -> str:
    """A quantity with all its digits, and no more."""
    digits = format(number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


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
