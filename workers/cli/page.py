"""``page``: a page of a document as a picture, with the places its values were read from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.cli._console import ExecutionArgument, TenantFilter, in_office, say
from workers.office.errors import CannotDo
from workers.office.wording import counted

EPILOG = """Examples:

counterfoil page Rechnung_RE-2026-0417.pdf

counterfoil page 3f2a9c --field totals.grand_total --field payment.iban --out total.png

counterfoil page 3f2a9c --number 2"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("page", epilog=EPILOG, rich_help_panel="Documents")(page)


def page(
    id: ExecutionArgument,
    number: Annotated[
        int | None, typer.Option(min=1, help="Which page.", show_default="the first with a value asked for")
    ] = None,
    fields: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="PATH", help="Outline this value; may be repeated.", show_default="all"),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it.", show_default="<name>-<page>.png")
    ] = None,
    tenant: TenantFilter = None,
) -> None:
    """Draw a page of a document as PNG, with the places outlined that its values were read from.

    The page is drawn in a process of its own, with the limits that reading has.
    """
    from workers.office import pages

    picture = in_office(lambda office: pages.draw(office, id, number=number, fields=fields or (), tenant=tenant))
    file = to or Path(f"{Path(picture.execution.name).stem}-{picture.number}.png")
    try:
        file.write_bytes(picture.png)
    except OSError as error:
        raise CannotDo(f"{file} cannot be written: {error.strerror or error}") from error
    say(f"written: {file}, page {picture.number} with {counted(picture.outlined, 'value')} outlined")
