"""Expense reports: read, checked, decided."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agents.expense_report.graph import build_graph
    from agents.expense_report.report import canonical, correction_problem, public

    from infra.records import Execution
    from workflows.definition import Definition
    from workflows.execution import AgentWorkflow
    from workflows.messages import ExecutionOrder, ReviewAnswer


@workflow.defn
class ExpenseReportWorkflow(AgentWorkflow):
    """One expense report, from its bytes to a decision; a person is waited for where the sum is wrong."""

    agent = "expense_report"

    @workflow.run
    async def run(self, order: ExecutionOrder) -> Execution:
        return await self.execute(order)

    def review_problem(self, answer: ReviewAnswer) -> str | None:
        """Corrections name fields of the report, with values that can be read."""
        problems = (correction_problem(path, value) for path, value in answer.corrections.items())
        return next((problem for problem in problems if problem), None) or super().review_problem(answer)


DEFINITION = Definition(
    workflow=ExpenseReportWorkflow,
    build_graph=build_graph,
    takes=("pdf",),
    public=public,
    canonical=canonical,
)
