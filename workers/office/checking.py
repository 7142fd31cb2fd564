"""Documents held against a rulebook, on their own: nothing is posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.controls.rulebook import BadRulebook, load_rulebook
from infra.records import Execution, Finding, Status
from workers.office.errors import WronglyAsked
from workers.office.submission import Submitted, Terms, hand_in, new_batch

if TYPE_CHECKING:
    from infra.settings import Settings
    from workers.intake import Found
    from workers.office import Office
    from workers.office.following import Followed


@dataclass(frozen=True)
class Checked:
    """One file and what became of it."""

    document: Followed
    execution: Execution | None
    """With its findings, where it has been recorded."""

    def complies(self, *, strict: bool) -> bool:
        """Whether nothing in it needs a person, nor, if ``strict``, breaks a rule at all but for the record."""
        if self.document.failed or self.execution is None or self.execution.status is not Status.APPROVED:
            return False
        stands = ("error", "warning") if strict else ("error",)
        return not any(
            finding.verdict != "pass" and finding.severity in stands and finding.decided_by.accepted_by is None
            for finding in self.execution.findings
        )

    @property
    def findings(self) -> list[Finding]:
        """What needs a person first, what is kept last."""
        severities = {"error": 0, "warning": 1, "info": 2}
        findings = self.execution.findings if self.execution else []
        return sorted(findings, key=lambda f: (f.verdict == "pass", severities.get(f.severity, 3), f.rule))


def with_rulebook(settings: Settings, rulebook: str | None) -> Settings:
    """The settings with this rulebook, a shipped one or a YAML file, in place of theirs; which can be used.

    Raises:
        WronglyAsked: it cannot.
    """
    if rulebook is not None:
        settings = settings.model_copy(update={"rulebook": rulebook})
    try:
        load_rulebook(settings.rulebook)
    except BadRulebook as error:
        raise WronglyAsked(str(error)) from error
    return settings


async def begin(office: Office, found: Found, tenant: str) -> list[Submitted]:
    """Have files checked against the rulebook of the office's settings: each is an execution of its own, to be followed. The
    same bytes against the same rulebook are checked once."""
    return await hand_in(office, found, Terms(tenant, f"check-{new_batch()}", definition="compliance"))


async def checked(office: Office, followed: Sequence[Followed]) -> list[Checked]:
    """What became of files that were followed."""
    ids = [document.submitted.execution_id for document in followed]
    executions = [await office.ledger.execution(id) if id else None for id in ids]
    return [Checked(document, execution) for document, execution in zip(followed, executions, strict=True)]
