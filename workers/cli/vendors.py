"""``vendors``: the vendor master, from a file and into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from workers.cli._console import (
    JsonOption,
    Problem,
    add_row,
    amount_text,
    cell,
    err,
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
    from infra.records import Claim, Vendor

MOST_CLAIMS = 10
"""Latest invoices of a vendor that are shown."""

IMPORT_EPILOG = """Examples:

counterfoil vendors import vendors.csv

counterfoil vendors import vendors.csv --tenant acme --skip-bad --json

Columns: id and name, and if wanted aliases, vat_ids, tax_numbers, legal_ids, ibans (several with | between), country,
currency, terms_days, limit, cost_centre, order_required (yes or no), blocked (why nothing may be paid). A column that is
not in the file leaves what is on record; an empty cell clears it. JSON is a list of objects of these names."""
EXPORT_EPILOG = """Examples:

counterfoil vendors export --out vendors.csv

counterfoil vendors export --tenant acme | head

CSV in UTF-8, which import reads back to the same. Text that a spreadsheet would take for a formula begins with an
apostrophe, which import takes away."""
LIST_EPILOG = """Examples:

counterfoil vendors list

counterfoil vendors list --tenant acme --json > vendors.json"""
SHOW_EPILOG = "Example:  counterfoil vendors show V-1001"
REMOVE_EPILOG = "Example:  counterfoil vendors remove V-1001"

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The vendor's id; `counterfoil vendors list` has it.")]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(no_args_is_help=True, help="The vendor master that invoices are held against.")
    group.command("import", epilog=IMPORT_EPILOG)(import_)
    group.command("export", epilog=EXPORT_EPILOG)(export)
    group.command("list", epilog=LIST_EPILOG)(list_)
    group.command("show", epilog=SHOW_EPILOG)(show)
    group.command("remove", epilog=REMOVE_EPILOG)(remove)
    app.add_typer(group, name="vendors", rich_help_panel="Master data")


def import_(
    file: FileArgument, tenant: TenantOption = None, skip_bad: SkipBadOption = False, as_json: JsonOption = False
) -> None:
    """Import vendors: each replaces the one with its id. A bad row is told, and then nothing is imported."""
    with failing_clearly():
        from workers.master import read_vendors

        of = the_tenant(tenant)

        async def work() -> tuple[list[Vendor], list[Any], dict[str, Vendor], int]:
            async with opened_ledger() as ledger:
                known = {vendor.id: vendor for vendor in await ledger.vendors(of)}
                given, wrong = good_records(lambda: read_vendors(file, of, known), skip_bad=skip_bad, as_json=as_json)
                return given, wrong, known, await ledger.put_vendors(given)

        given, wrong, known, new = run(work())
        changed = [one for one in given if one.id in known and known[one.id] != one]
        accounts = [one.id for one in changed if set(known[one.id].ibans) != set(one.ibans)]
        if as_json:
            said = {"tenant": of, "imported": len(given), "new": new, "changed": [one.id for one in changed]}
            print_json({**said, "accounts_changed": accounts, "problems": wrong})
        else:
            told = f"{counted(len(given), 'vendor')} of tenant {of}: {changes(new, len(changed), given)}"
            out().print(cell(told), soft_wrap=True)
            if accounts:
                # Where a forger would begin: whoever imports should know.
                warned = f"bank accounts changed: {', '.join(accounts[:20])}{' …' if len(accounts) > 20 else ''}"
                err().print(cell(warned, "yellow"), soft_wrap=True)
        if wrong:
            raise typer.Exit(1)


def export(file: OutOption = None, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Export the vendors as CSV, or JSON, that import reads back to the same."""
    with failing_clearly():
        from workers.master import vendor_json, write_vendors

        if as_json and file is not None:
            raise Problem("--json prints to standard output; leave out --out, or write `--json > FILE`", code=2)
        found = _vendors(the_tenant(tenant))
        if as_json:
            print_json({"vendors": [vendor_json(one) for one in found]})
        else:
            give_csv(write_vendors(found), file, counted(len(found), "vendor"))


def list_(tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """List the vendors. As JSON, import reads them back to the same."""
    with failing_clearly():
        from workers.master import vendor_json

        of = the_tenant(tenant)
        found = _vendors(of)
        if as_json:
            print_json({"vendors": [vendor_json(one) for one in found]})
            return
        console = out()
        if not found:
            said = f"no vendors of tenant {of}; `counterfoil vendors import FILE` takes them from a file"
            console.print(cell(said), soft_wrap=True)
            return
        shown = table("id", "name", "VAT id", "accounts", "terms", "limit", "note", right=("limit",), whole=("id",))
        for one in found:
            add_row(
                shown,
                one.id,
                one.name,
                ", ".join(one.vat_ids),
                "\n".join(one.ibans) or cell("none", "yellow"),
                "" if one.terms_days is None else counted(one.terms_days, "day"),
                amount_text(one.limit, one.currency),
                cell(f"blocked: {one.blocked}", "red") if one.blocked else _order_note(one),
            )
        console.print(shown)
        console.print(counted(len(found), "vendor"))


def show(id: IdArgument, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Show one vendor, and its latest invoices."""
    with failing_clearly():
        from workers.master import vendor_json

        of = the_tenant(tenant)

        async def work() -> tuple[Vendor, list[Claim]]:
            async with opened_ledger() as ledger:
                found = await _the_vendor(ledger, of, id)
                return found, await ledger.claims(of, vendor_key=f"vendor:{found.id}")

        vendor, claims = run(work())
        latest = claims[: -MOST_CLAIMS - 1 : -1]
        if as_json:
            listed = [one.model_dump(mode="json", exclude={"tokens", "run_id", "sequence", "tenant"}) for one in latest]
            print_json({"vendor": vendor_json(vendor), "invoices": len(claims), "latest": listed})
            return
        console = out()
        console.print(Text.assemble(cell(vendor.name, "bold"), "  ", cell(vendor.id, "dim")), soft_wrap=True)
        for name, value in _told(vendor):
            console.print(Text.assemble((f"{name:<15}", "dim"), cell(value)), soft_wrap=True)
        if not claims:
            console.print("no invoices on record")
            return
        shown = table("issued", "number", "amount", "status", "document", right=("amount",), whole=("number",))
        for claim in latest:
            amount = amount_text(claim.amount, claim.currency)
            add_row(shown, claim.issue_date, claim.number, amount, claim.status.value, claim.name)
        console.print(shown)
        console.print(
            f"{counted(len(claims), 'invoice')} on record" + ("" if len(claims) <= MOST_CLAIMS else ", latest first")
        )


def remove(id: IdArgument, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Remove a vendor from the master. What was posted to it stays."""
    with failing_clearly():
        of = the_tenant(tenant)

        async def work() -> Vendor:
            async with opened_ledger() as ledger:
                found = await _the_vendor(ledger, of, id)
                await ledger.remove_vendor(of, found.id)
                return found

        gone = run(work())
        if as_json:
            print_json({"removed": gone.id, "tenant": of})
        else:
            out().print(cell(f"{gone.id} {gone.name} removed from the vendor master of tenant {of}"), soft_wrap=True)


async def _the_vendor(ledger: Ledger, tenant: str, id: str) -> Vendor:
    from difflib import get_close_matches

    known = {vendor.id: vendor for vendor in await ledger.vendors(tenant)}
    if id in known:
        return known[id]
    near = get_close_matches(id, known)
    meant = f" Is it {' or '.join(near)}?" if near else ""
    raise Problem(f"tenant {tenant} has no vendor {id!r}.{meant} `counterfoil vendors list` has the ids")


def _vendors(tenant: str) -> list[Vendor]:
    async def work() -> list[Vendor]:
        async with opened_ledger() as ledger:
            return await ledger.vendors(tenant)

    return run(work())


def _order_note(vendor: Vendor) -> str:
    return "needs an order" if vendor.order_required else ""


def _told(vendor: Vendor) -> list[tuple[str, str]]:
    rows = [
        ("blocked", vendor.blocked or ""),
        ("also named", " | ".join(vendor.aliases)),
        ("VAT id", ", ".join(vendor.vat_ids)),
        ("tax number", ", ".join(vendor.tax_numbers)),
        ("registered as", ", ".join(vendor.legal_ids)),
        ("accounts", ", ".join(vendor.ibans) or "none: every invoice with an account waits for a person"),
        ("country", vendor.country or ""),
        ("currency", vendor.currency or ""),
        ("terms", "" if vendor.terms_days is None else counted(vendor.terms_days, "day")),
        ("limit", amount_text(vendor.limit, vendor.currency)),
        ("cost centre", vendor.cost_centre or ""),
        ("orders", _order_note(vendor)),
    ]
    return [(name, value) for name, value in rows if value]
