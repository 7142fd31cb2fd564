"""A page of a document as a picture, with the places its values were read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workers.office import executions
from workers.office.errors import CannotDo, WronglyAsked

if TYPE_CHECKING:
    from infra.records import Execution
    from workers.office import Office


@dataclass(frozen=True)
class Picture:
    """A page."""

    execution: Execution
    number: int
    png: bytes
    outlined: int
    """Values whose places are outlined."""


async def draw(
    office: Office,
    meant: str,
    *,
    number: int | None = None,
    fields: Sequence[str] = (),
    tenant: str | None = None,
) -> Picture:
    """Draw a page of an execution's document, in a process of its own, with the limits that reading has.

    Args:
        number: which page, from 1; else the first with a value of those asked for.
        fields: paths of the values to outline; all of them if none is named.

    Raises:
        NotKnown, SeveralMeant: as `executions.find`.
        WronglyAsked: it has no such value.
        CannotDo: there is no such page, or no picture of it can be made.
    """
    from agents.documents import PageNotDrawn, page_image
    from agents.documents.reading import Box

    execution = await executions.find(office, meant, tenant)
    known: dict[str, Any] = execution.result.get("fields") or {}
    if unknown := [path for path in fields if path not in known]:
        raise WronglyAsked(f"{execution.name} has no value {', '.join(unknown)}. See `counterfoil show {meant}`")
    asked = [known[path].get("evidence") or {} for path in fields or known]
    pages = [evidence["page"] for evidence in asked if evidence.get("page")]
    wanted = number or (pages[0] if pages else 1)
    boxes = [
        Box(tuple(evidence["box"])) for evidence in asked if evidence.get("page") == wanted and evidence.get("box")
    ]
    settings = office.settings
    try:
        png = await page_image(
            office.documents.get(execution.digest),
            wanted,
            seconds=settings.read_seconds,
            memory_mb=settings.read_memory_mb,
            boxes=boxes,
        )
    except PageNotDrawn as error:
        raise CannotDo(str(error)) from error
    return Picture(execution, wanted, png, len(boxes))
