"""Invoices: read, checked, decided, posted."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agents.invoice.schema import correction_problem
    from infra.ledger import Execution
    from workflows.execution import AgentWorkflow, ExecutionOrder, ReviewAnswer


@workflow.defn
class InvoiceWorkflow(AgentWorkflow):
    """One invoice, from its bytes to its posting."""

    agent = "invoice"

    @workflow.run
    async def run(self, order: ExecutionOrder) -> Execution:
        return await self.execute(order)

    def review_problem(self, answer: ReviewAnswer) -> str | None:
        """Corrections name fields of the invoice, with values that can be read; an approval needs what a posting is known by."""
        if answer.action == "approve" and self._stub:
            has = {
                "totals.grand_total": self._stub.amount,
                "currency": self._stub.currency,
                "seller.name": self._stub.vendor,
                "invoice_number": self._stub.number,
            }
            if missing := [path for path, value in has.items() if value is None]:
                return f"it cannot be posted without {', '.join(missing)}: correct it first, or reject"
        for path, value in answer.corrections.items():
            if problem := correction_problem(path, value):
                return problem
        return super().review_problem(answer)
