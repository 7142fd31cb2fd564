"""``issuers``: how issuers print their invoices, as people who looked at them taught."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from workers.cli._console import JsonOption, add_row, cell, in_office, moment, out, print_json, say, table, the_tenant
from workers.cli._master import TenantOption
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.records import Issuer, Spot

LIST_EPILOG = """Examples:

counterfoil issuers list

counterfoil issuers list --tenant acme --json

Whoever approves or corrects an invoice shows where its issuer prints what; the next one is read by that, and checked as any
other. Amounts, accounts and limits are not learnt: what is paid is on the invoice, to whom says the vendor master."""
SHOW_EPILOG = """Examples:

counterfoil issuers show vat:DE136695976

counterfoil issuers show vat:DE136695976 --json"""
HISTORY_EPILOG = "Example:  counterfoil issuers history vat:DE136695976"
FORGET_EPILOG = """Example:  counterfoil issuers forget vat:DE136695976

All versions are forgotten. What was posted stays; the next invoice of that issuer is read as one nobody knows."""

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The issuer's id; `counterfoil issuers list` has it.")]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(no_args_is_help=True, help="How issuers print their invoices, as people taught it.")
    group.command("list", epilog=LIST_EPILOG)(list_)
    group.command("show", epilog=SHOW_EPILOG)(show)
    group.command("history", epilog=HISTORY_EPILOG)(history)
    group.command("forget", epilog=FORGET_EPILOG)(forget)
    app.add_typer(group, name="issuers", rich_help_panel="Master data")


def list_(tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """List the issuers that are known."""
    from workers.office import issuers

    of = the_tenant(tenant)
    listed = in_office(lambda office: issuers.issuers(office, of))
    if as_json:
        print_json({"issuers": [_json(issuer) for issuer in listed]})
        return
    if not listed:
        say(f"no issuers of tenant {of}: the first is learnt when a person approves or corrects an invoice")
        return
    shown = table("id", "names", "version", "fields", "taught by", "at", right=("version", "fields"), whole=("id",))
    for issuer in listed:
        profile = issuer.profile
        add_row(
            shown, issuer.id, ", ".join(profile.names), str(issuer.version), str(len(profile.spots)), issuer.taught_by,
            moment(issuer.taught_at),
        )  # fmt: skip
    out().print(shown)
    say(counted(len(listed), "issuer"))


def show(id: IdArgument, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Show what is known of one issuer, and who taught it."""
    from workers.office import issuers

    issuer = in_office(lambda office: issuers.history(office, the_tenant(tenant), id))[0]
    if as_json:
        print_json(_json(issuer))
        return
    console = out()
    for name, value in _told(issuer):
        console.print(Text.assemble((f"{name:<15}", "dim"), cell(value)), soft_wrap=True)
    shown = table("field", "label", "page", "left", "top", right=("left", "top"), whole=("field",))
    for path, spots in sorted(issuer.profile.spots.items()):
        for spot in spots:
            add_row(shown, path, _label(spot), spot.page, f"{spot.x0:g}", f"{spot.top:g}")
    console.print(shown)


def history(id: IdArgument, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Show what taught an issuer, the newest version first."""
    from workers.office import issuers

    versions = in_office(lambda office: issuers.history(office, the_tenant(tenant), id))
    if as_json:
        print_json({"versions": [_json(issuer) for issuer in versions]})
        return
    shown = table(
        "version", "taught by", "at", "execution", "fields", right=("version", "fields"), whole=("execution",)
    )
    for issuer in versions:
        at, fields = moment(issuer.taught_at), str(len(issuer.profile.spots))
        add_row(shown, str(issuer.version), issuer.taught_by, at, issuer.execution_id, fields)
    out().print(shown)


def forget(id: IdArgument, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Forget an issuer. What was posted stays."""
    from workers.office import issuers

    of = the_tenant(tenant)
    versions = in_office(lambda office: issuers.forget(office, of, id))
    if as_json:
        print_json({"forgotten": id, "versions": versions, "tenant": of})
    else:
        say(
            f"{id} forgotten, {counted(versions, 'version')}: its next invoice is read as one of an issuer nobody knows"
        )


def _json(issuer: Issuer) -> dict[str, Any]:
    return issuer.model_dump(mode="json", exclude={"tenant"})


def _told(issuer: Issuer) -> list[tuple[str, str]]:
    profile = issuer.profile
    rows = [
        ("issuer", issuer.id),
        ("version", str(issuer.version)),
        ("taught by", f"{issuer.taught_by}, {moment(issuer.taught_at)}, on {issuer.execution_id}"),
        ("found by", ", ".join(issuer.keys)),
        ("goes by", " | ".join(profile.names)),
        ("not its own", " | ".join(profile.others)),
        ("prints", ", ".join(f"{path} {value}" for path, value in profile.identifiers.items())),
        ("days", {"DMY": "day before month", "MDY": "month before day"}.get(profile.day_order or "", "")),
        ("decimal mark", profile.decimal_mark or ""),
    ]
    return [(name, value) for name, value in rows if value]


def _label(spot: Spot) -> str:
    return f"{spot.label} ({spot.side})" if spot.label else "none: by its place alone"
