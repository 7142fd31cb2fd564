"""Issuers, as every agent knows them: a document is read by what was learnt of its issuer, and one that a person confirmed teaches.

Both walk over a document, so both are done in a process that may be killed. Neither is ever needed: where it does not come to an
end, the document was read as one of an issuer nobody knows, and nothing is learnt.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from agents import examination
from agents.examination import Examination, Order
from agents.fields.schema import Field
from agents.pages import issuer
from agents.steps._state import ExecutionRef
from infra.connections import connections
from infra.forks import ForksFailed, call
from infra.records import Issuer
from infra.settings import Settings

_log = logging.getLogger(__name__)
MOST_ISSUERS = 6
"""That the pages of one document may name, and are held against."""


@dataclass(frozen=True)
class Lesson:
    """What a person's look at a document can teach."""

    by: str
    """Who looked, and was allowed to approve."""
    fields: Mapping[str, Field]
    """As confirmed."""
    but: Sequence[str] = ()
    """Paths that were approved in spite of what was found."""
    vendor: str | None = None
    """The issuer's id in the vendor master."""


async def by_issuer(tenant: str, order: Order, found: Examination, settings: Settings) -> Examination:
    """``found`` with a draft by what is known of the issuer, where its pages name one that is known."""
    keys = found.known_by.issuers if found.known_by else []
    if found.draft is None or found.draft.several or not keys or found.reading is None:
        return found
    known = (await connections().ledger.issuers_by(tenant, keys))[:MOST_ISSUERS]
    if not known:
        return found
    given = examination.Known(order=order, issuers=known).model_dump_json().encode() + b"\n" + found.reading
    try:
        outcome = await call(
            examination.draft_known, given, seconds=settings.read_seconds, memory_mb=settings.read_memory_mb
        )
    except ForksFailed as error:
        _log.warning("a document was read without what is known of its issuer: %s", error)
        return found
    if outcome.answer is None:
        _log.warning("a document was read without what is known of its issuer: code did not get through")
        return found
    return replace(found, draft=await asyncio.to_thread(examination.unpack_draft, outcome.answer))


async def learn_issuer(execution: ExecutionRef, lesson: Lesson) -> Issuer | None:
    """Keep what the document of ``execution`` teaches of its issuer. Run again it keeps nothing more.

    Returns:
        What is known of it from now on; None where nothing identifies it, or code does not get through.

    Raises:
        ForksFailed: a process for it could not be had.
        LedgerNotReady: the ledger is out of reach.
    """
    to = connections()
    reading = await asyncio.to_thread(to.documents.get_derived, execution.digest, "reading.json")
    vendors = await to.ledger.vendors(execution.tenant) if lesson.vendor else []
    vendor = next((vendor for vendor in vendors if vendor.id == lesson.vendor), None)
    names = [vendor.name, *vendor.aliases] if vendor else []
    fields = {path: field for path, field in lesson.fields.items() if path not in lesson.but}
    keys = issuer.keys_of(
        fields, lesson.vendor, [field.value for path, field in fields.items() if path == "seller.name"]
    )
    if not keys:
        return None
    named = await to.ledger.issuers_by(execution.tenant, keys)
    # One that another identifier names is another issuer, however alike their names and papers are.
    before = [one for one in named if one.id in keys or one.id.startswith("name:")][:MOST_ISSUERS]
    given = examination.Confirmed(fields=dict(fields), but=list(lesson.but), names=names, before=before)
    outcome = await call(
        examination.learn,
        given.model_dump_json().encode() + b"\n" + reading,
        seconds=to.settings.read_seconds,
        memory_mb=to.settings.read_memory_mb,
    )
    if outcome.answer is None:
        return None
    learnt = examination.Learnt.model_validate_json(outcome.answer)
    keys = list(dict.fromkeys([*keys, *learnt.keys]))
    same = next((one for one in before if one.id == learnt.follows), None)
    return await to.ledger.teach(
        Issuer(
            tenant=execution.tenant,
            id=same.id if same else _id(keys, learnt.profile.model_dump_json()),
            version=0,
            keys=list(dict.fromkeys([*(same.keys if same else ()), *keys])),
            profile=learnt.profile,
            execution_id=execution.id,
            taught_by=lesson.by,
            taught_at=datetime.now(UTC),
        )
    )


def _id(keys: Sequence[str], profile: str) -> str:
    """What identifies it. A name alone is not enough: others may bear it, so the layout is part of it."""
    first = keys[0]
    return f"{first}#{sha256(profile.encode()).hexdigest()[:8]}" if first.startswith("name:") else first
