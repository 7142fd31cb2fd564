"""``vendors``: the vendor master, from a file and into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from workers.cli._console import JsonOption, add_row, cell, in_office, out, print_json, say, table, the_tenant, warn
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
    from infra.records import Vendor

IMPORT_EPILOG = """Examples:

counterfoil vendors import vendors.csv

counterfoil vendors import vendors.csv --tenant acme --skip-bad --json

Columns: id and name, and if wanted aliases, vat_ids, tax_numbers, legal_ids, ibans (several with | between), destinations
(other ways to pay it: sort code and account number, BIC, PayPal address, a factor's name), country, currency, terms_days,
limit, cost_centre, order_required (yes or no), blocked (why nothing may be paid). A column that is not in the file leaves
what is on record; an empty cell clears it. JSON is a list of objects of these names."""
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
    from workers.office import vendors

    of = the_tenant(tenant)
    result = in_office(lambda office: vendors.import_vendors(office, file, of, skip_bad=skip_bad))
    imported, accounts = result.vendors, result.accounts_changed
    tell_problems(imported, skip_bad=skip_bad, as_json=as_json)
    if as_json:
        changed = [vendor.id for vendor in imported.changed]
        kept = {"tenant": of, "imported": len(imported.kept), "new": imported.new, "changed": changed}
        print_json({**kept, "accounts_changed": accounts, "problems": imported.problems, "told": imported.told})
    else:
        say(f"{counted(len(imported.kept), 'vendor')} of tenant {of}: {changes(imported)}")
        if accounts:
            # Where a forger would begin: whoever imports should know.
            warn(f"bank accounts changed: {', '.join(accounts[:20])}{' …' if len(accounts) > 20 else ''}", "yellow")
    if imported.problems:
        raise typer.Exit(1)


def export(file: OutOption = None, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Export the vendors as CSV, or JSON, that import reads back to the same."""
    from workers.master import vendor_json, write_vendors
    from workers.office import vendors

    one_output(as_json, file)
    listed = in_office(lambda office: vendors.vendors(office, the_tenant(tenant)))
    if as_json:
        print_json({"vendors": [vendor_json(vendor) for vendor in listed]})
    else:
        give_csv(write_vendors(listed), file, counted(len(listed), "vendor"))


def list_(tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """List the vendors. As JSON, import reads them back to the same."""
    from workers.master import vendor_json
    from workers.office import vendors

    of = the_tenant(tenant)
    listed = in_office(lambda office: vendors.vendors(office, of))
    if as_json:
        print_json({"vendors": [vendor_json(vendor) for vendor in listed]})
        return
    if not listed:
        say(f"no vendors of tenant {of}; `counterfoil vendors import FILE` takes them from a file")
        return
    shown = table("id", "name", "VAT id", "accounts", "terms", "limit", "note", right=("limit",), whole=("id",))
    for vendor in listed:
        add_row(
            shown,
            vendor.id,
            vendor.name,
            ", ".join(vendor.vat_ids),
            "\n".join([*vendor.ibans, *vendor.destinations]) or cell("none", "yellow"),
            "" if vendor.terms_days is None else counted(vendor.terms_days, "day"),
            amount_text(vendor.limit, vendor.currency),
            cell(f"blocked: {vendor.blocked}", "red") if vendor.blocked else _order_note(vendor),
        )
    out().print(shown)
    say(counted(len(listed), "vendor"))


def show(id: IdArgument, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Show one vendor, and its latest invoices."""
    from workers.master import vendor_json
    from workers.office import vendors

    on_record = in_office(lambda office: vendors.vendor(office, the_tenant(tenant), id))
    vendor, number = on_record.vendor, len(on_record.claims)
    if as_json:
        hidden = {"tokens", "run_id", "sequence", "tenant"}
        latest = [claim.model_dump(mode="json", exclude=hidden) for claim in on_record.latest]
        print_json({"vendor": vendor_json(vendor), "invoices": number, "latest": latest})
        return
    console = out()
    console.print(Text.assemble(cell(vendor.name, "bold"), "  ", cell(vendor.id, "dim")), soft_wrap=True)
    for name, value in _told(vendor):
        console.print(Text.assemble((f"{name:<15}", "dim"), cell(value)), soft_wrap=True)
    if not number:
        say("no invoices on record")
        return
    shown = table("issued", "number", "amount", "status", "document", right=("amount",), whole=("number",))
    for claim in on_record.latest:
        amount = amount_text(claim.amount, claim.currency)
        add_row(shown, claim.issue_date, claim.number, amount, claim.status.value, claim.name)
    console.print(shown)
    say(f"{counted(number, 'invoice')} on record" + (", latest first" if number > len(on_record.latest) else ""))


def remove(id: IdArgument, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Remove a vendor from the master. What was posted to it stays."""
    from workers.office import vendors

    of = the_tenant(tenant)
    gone = in_office(lambda office: vendors.remove(office, of, id))
    if as_json:
        print_json({"removed": gone.id, "tenant": of})
    else:
        say(f"{gone.id} {gone.name} removed from the vendor master of tenant {of}")


def _order_note(vendor: Vendor) -> str:
    return "needs an order" if vendor.order_required else ""


def _told(vendor: Vendor) -> list[tuple[str, str]]:
    rows = [
        ("blocked", vendor.blocked or ""),
        ("also named", " | ".join(vendor.aliases)),
        ("VAT id", ", ".join(vendor.vat_ids)),
        ("tax number", ", ".join(vendor.tax_numbers)),
        ("registered as", ", ".join(vendor.legal_ids)),
        ("paid also to", ", ".join(vendor.destinations)),
        ("accounts", ", ".join(vendor.ibans) or "none: every invoice with an account waits for a person"),
        ("country", vendor.country or ""),
        ("currency", vendor.currency or ""),
        ("terms", "" if vendor.terms_days is None else counted(vendor.terms_days, "day")),
        ("limit", amount_text(vendor.limit, vendor.currency)),
        ("cost centre", vendor.cost_centre or ""),
        ("orders", _order_note(vendor)),
    ]
    return [(name, value) for name, value in rows if value]
