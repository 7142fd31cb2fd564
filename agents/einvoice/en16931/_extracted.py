"""An invoice read from a page, judged by the rules of EN 16931: written as e-invoice, and that judged like any other.

A page is no e-invoice. A rule that fails counts only where every business term it names was read from the page or follows
from what was. What rests on a term that pages do not carry, that was not found on this one or that the writer had to
assume, is not assessable; whether something is missing is for the checks of the extraction to say. So is what does
not fail: nothing here says that a rule has passed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from agents.einvoice.en16931 import _catalogue
from agents.einvoice.en16931._assessment import RULES, failure, validate
from agents.einvoice.en16931._draft import EInvoiceDraft
from agents.einvoice.en16931._sheets import UBL_EN16931
from agents.einvoice.en16931._terms import DOCUMENT_ALLOWANCE, is_read, readable
from agents.einvoice.en16931._writer import NotWritten, drafted, write
from agents.fields.schema import Fields
from infra.records import Finding, Severity, Verdict, finding

_BUSINESS = re.compile(r"BR-(?!CL|DEC)")
_CATEGORY = frozenset({"BT-95", "BT-96", "BT-102", "BT-103", "BT-118", "BT-151"})
"""Terms in the rules about the tax of each rate that say which rate something is of. Known wherever the category is."""
_MAY_BE_ABSENT = frozenset({"BT-107", "BT-108", "BT-113", "BT-114"})
"""Sums that are nothing where they are not stated."""


async def assess_extracted(fields: Fields, kind: str) -> list[Finding]:
    """Findings of the official rules about an invoice that was read from a page.

    Args:
        fields: what was read, see `agents.fields.schema`.
        kind: ``invoice`` or ``credit_note``.

    Returns:
        A finding for each rule that fails and counts, an error where the rule is fatal; and one, not assessable, of all
        others.
    """
    try:
        draft = drafted(fields, kind)
        written = write(draft, "ubl")
    except NotWritten as error:
        return [_not_assessable(f"The rules of EN 16931 cannot be evaluated: {error}.", [])]
    judged = await validate(written.text)
    if judged.problem or judged.crashed:
        said = judged.problem or judged.crashed[0]["message"]
        return [_not_assessable(f"The rules of EN 16931 cannot be evaluated: {said}.", [])]
    failed = [rule for rule in judged.failed if _BUSINESS.match(rule.id)]
    counted = [rule for rule in failed if _assessable(rule.terms, draft, fields)]
    findings = [_of_the_page(failure(rule, fields)) for rule in counted]
    rules = {id: rule for id, rule in _catalogue.rules_of(UBL_EN16931).items() if _BUSINESS.match(id)}
    open_ = sorted(id for id, rule in rules.items() if not _assessable(rule.terms, draft, fields))
    told = {rule.id for rule in counted}
    others = sorted({rule.id for rule in failed} - told)
    message = (
        f"Of {len(rules)} business rules {len(open_)} rest on what a page does not carry; "
        f"{len(others)} of these would fail of its e-invoice."
    )
    return [*findings, _not_assessable(message, sorted({*open_, *others} - told), others)]


def _assessable(terms: Sequence[str], draft: EInvoiceDraft, fields: Fields) -> bool:
    """Whether every term was read, or follows from what was."""
    if "BT-118" in draft.assumed and _CATEGORY & set(terms):
        return False
    business = [term for term in terms if term.startswith("BT-") and term not in _CATEGORY]
    return bool(business) and all(_known(term, draft, fields) for term in business)


def _known(term: str, draft: EInvoiceDraft, fields: Fields) -> bool:
    if term in draft.assumed:
        return False
    if term in DOCUMENT_ALLOWANCE:
        return True  # concluded from their sums, or there are none
    return readable(term) and (term in _MAY_BE_ABSENT or term in draft.concluded or is_read(term, fields))


def _of_the_page(failed: Finding) -> Finding:
    """A failure without its places in an XML that nobody has seen."""
    kept = {key: value for key, value in failed.evidence.items() if key not in ("location", "locations", "elements")}
    return failed.model_copy(update={"evidence": {**kept, "layer": "EN 16931", "from": "page"}})


def _not_assessable(message: str, rules: Sequence[str], failing: Sequence[str] = ()) -> Finding:
    """The one finding of all rules that say nothing of the page."""
    evidence: dict[str, Any] = {"rules": list(rules), "would_fail": list(failing), "sheet": UBL_EN16931.name}
    return finding(RULES, Severity.INFO, message, verdict=Verdict.NOT_ASSESSABLE, **evidence)
