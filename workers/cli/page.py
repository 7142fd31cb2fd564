"""``page``: a page of a document as a picture, with the places its values were read from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workers.cli._console import (
    ExecutionArgument,
    Problem,
    TenantFilter,
    cell,
    failing_clearly,
    made_settings,
    opened_ledger,
    out,
    run,
    the_execution,
)
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
    with failing_clearly():
        from agents.documents import PageNotDrawn, page_image
        from infra.document_store import DocumentStore

        made = made_settings()

        async def work() -> tuple[Path, int, int]:
            async with opened_ledger() as ledger:
                execution = await the_execution(ledger, id, tenant)
            known: dict[str, Any] = execution.result.get("fields") or {}
            if unknown := [path for path in fields or () if path not in known]:
                raise Problem(
                    f"{execution.name} has no value {', '.join(unknown)}. See `counterfoil show {id}`", code=2
                )
            asked = {path: known[path].get("evidence") or {} for path in fields or known}
            pages = [evidence["page"] for evidence in asked.values() if evidence.get("page")]
            wanted = number or (pages[0] if pages else 1)
            boxes = [tuple(e["box"]) for e in asked.values() if e.get("page") == wanted and e.get("box")]
            data = DocumentStore(made.documents).get(execution.digest)
            try:
                picture = await page_image(
                    data, wanted, seconds=made.read_seconds, memory_mb=made.read_memory_mb, boxes=boxes
                )
            except PageNotDrawn as error:
                raise Problem(str(error)) from error
            file = to or Path(f"{Path(execution.name).stem}-{wanted}.png")
            try:
                file.write_bytes(picture)
            except OSError as error:
                raise Problem(f"{file} cannot be written: {error.strerror or error}") from error
            return file, wanted, len(boxes)

        file, drawn, outlined = run(work())
        out().print(cell(f"written: {file}, page {drawn} with {counted(outlined, 'value')} outlined"), soft_wrap=True)
