"""Invoices: read, checked, decided, posted."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agents.controls import approval
    from agents.controls.approval import Case, Policy
    from agents.fields.corrections import canonical
    from agents.fields.schema import correction_problem, public
    from agents.fields.table import HEADLINE
    from agents.invoice.graph import build_graph, options
    from infra.records import Execution
    from workflows.definition import Definition
    from workflows.execution import AgentWorkflow
    from workflows.messages import ExecutionOrder, ReviewAnswer


@workflow.defn
class InvoiceWorkflow(AgentWorkflow):
    """One invoice, from its bytes to its posting."""

    agent = "invoice"

    @workflow.run
    async def run(self, order: ExecutionOrder) -> Execution:
        return await self.execute(order)

    def review_problem(self, answer: ReviewAnswer) -> str | None:
        """Corrections name fields of the invoice, with values that can be read; an approval needs what a posting is known by;
        and the approval policy says who may answer."""
        if answer.action == "approve":
            stub = self._stub
            has = {"amount": stub.amount, "currency": stub.currency, "vendor": stub.vendor, "number": stub.number}
            if missing := [HEADLINE[name] for name, value in has.items() if value is None]:
                return f"it cannot be posted without {', '.join(missing)}: correct it first, or reject"
        for path, value in answer.corrections.items():
            if problem := correction_problem(path, value):
                return problem
        return super().review_problem(answer) or self._policy_problem(answer)

    def _policy_problem(self, answer: ReviewAnswer) -> str | None:
        """Why whoever answers may not, by the policy the execution began with; None also where it began without one."""
        if not (asked := self._asked()):
            return None
        policy, case, approved = asked
        today = workflow.now().date()
        if answer.action == "approve":
            return approval.may_approve(
                policy, case, answer.reviewer, today, approved, escalated=self._reviews.escalated
            )
        return approval.may_answer(policy, case, answer.reviewer, today, escalated=self._reviews.escalated)

    def who_may_approve(self) -> list[str]:
        """Who may approve today and has not yet."""
        if not (asked := self._asked()):
            return []
        policy, case, approved = asked
        today = workflow.now().date()
        return approval.requirement(policy, case, today, already=approved, escalated=self._reviews.escalated).people

    def _asked(self) -> tuple[Policy, Case, list[str]] | None:
        """The policy, the case it is asked about, and who has approved so far."""
        recorded = self._stub.result.get("approval")
        if not recorded:
            return None
        return (
            approval.policy_of(self._options),
            Case.from_json(recorded["case"]),
            [one["by"] for one in recorded["approvals"]],
        )


DEFINITION = Definition(
    workflow=InvoiceWorkflow,
    build_graph=build_graph,
    takes=("pdf", "xml"),
    options=options,
    public=public,
    canonical=canonical,
    einvoices=True,
)
