"""The state of an invoice's graph: plain JSON, small, and never the document's text (that stays in the document store)."""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, TypedDict

from agents.fields.table import Part


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Reducer: keys of ``new`` over those of ``old``; a key set to None is removed."""
    return {k: v for k, v in {**old, **new}.items() if v is not None}


def merged_lists(old: dict[str, list[str]], new: dict[str, list[str]]) -> dict[str, list[str]]:
    """Reducer: the lists of ``new`` behind those of ``old``."""
    return {key: [*old.get(key, []), *new.get(key, [])] for key in {**old, **new}}


class ExecutionRef(TypedDict):
    """Which execution this is; the same for every agent."""

    id: str
    tenant: str
    batch: str
    run_id: str
    digest: str
    name: str
    submitted_by: str | None
    details: dict[str, str]
    """What whoever handed it in says of it, such as a purchase order."""


class Decision(TypedDict):
    """``outcome`` is approve, review or reject; ``by`` is ``policy`` or the reviewer's name."""

    outcome: Literal["approve", "review", "reject"]
    by: str
    reasons: list[str]


class InvoiceState(TypedDict, total=False):
    """Channels of the graph. ``execution`` and ``options`` are given; all else the nodes fill in."""

    execution: ExecutionRef
    options: dict[str, Any]
    document: dict[str, Any]
    """``media_type``, ``pages``, ``characters``, ``xml`` (name of the embedded file, or None), ``sketch`` of its text by which
    it is known again, ``preceding`` (number of the invoice it corrects or credits, or None), ``accounts`` its XML names to be
    paid to."""
    kind: Literal["invoice", "credit_note", "other"]
    fields: Annotated[dict[str, Any], merged]
    """Field path to `schema.Field` as JSON."""
    findings: Annotated[dict[str, list[dict[str, Any]]], merged]
    """Node name to the findings of its last run."""
    calls: Annotated[list[dict[str, Any]], operator.add]
    steps: Annotated[list[dict[str, Any]], operator.add]
    ask: list[Part]
    """The parts a model is asked about first: what code could not decide, and what it must confirm."""
    asked: Annotated[dict[str, list[str]], merged_lists]
    """Part to the ways it was asked so far: the tier, and the reasons if it was asked again. None is taken twice."""
    runs: list[dict[str, Any]]
    """Of a table that a model read, the `runs` it was asked in: ``lines``, the numbers of the first and the last line of the
    document; ``rows``, the numbers of its first invoice line and of the one behind its last; whether it ``failed``."""
    parts: list[dict[str, Any]]
    """Of a file that holds several invoices, each: ``pages`` [first, last], ``number``, ``reason``; and once `split` has
    written it as a file of its own, the ``digest`` and ``name`` of that. It is empty for all other documents."""
    repairs: int
    matched: dict[str, Any]
    """What it was held against: ``vendor`` (id in the master, or None) and ``how`` it was found, whether it is
    ``named`` beyond doubt, ``near`` names with their
    scores, ``vendor_key`` of its claim, ``cost_centre``, ``limit`` of the vendor, and the ``order`` it fits, if it does."""
    vendor_choice: dict[str, Any]
    """What a model said which ``vendor`` the seller named ``for`` is, its ``reason``, and ``decided_by``."""
    submitters: list[str]
    """Who handed the document in."""
    open_rules: list[str]
    """House policies that code could not answer."""
    decision: Decision
    reviews: Annotated[list[dict[str, Any]], operator.add]
    headline: dict[str, Any]
    """``vendor``, ``number``, ``currency``, ``amount``: what a list of executions shows."""
    result: dict[str, Any]
    """What the execution made: the invoice in its public shape."""
