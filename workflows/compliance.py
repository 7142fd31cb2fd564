"""The compliance workflow: one document held against one rulebook. Nothing is posted."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agents.compliance.graph import build_graph, options, variant
    from infra.records import Execution
    from workflows.definition import Definition
    from workflows.execution import AgentWorkflow
    from workflows.messages import ExecutionOrder, ReviewAnswer


@workflow.defn
class ComplianceWorkflow(AgentWorkflow):
    """One document, from its bytes to a finding for each rule; a person is waited for where one is needed."""

    agent = "compliance"

    @workflow.run
    async def run(self, order: ExecutionOrder) -> Execution:
        return await self.execute(order)

    def review_problem(self, answer: ReviewAnswer) -> str | None:
        """A document is accepted or rejected as it is, and why it is accepted is said."""
        if answer.action == "correct":
            return "a document that is checked is not corrected: approve or reject it, or check a better one"
        if answer.action == "approve" and not answer.reason:
            return "an approval in spite of the rules needs a reason"
        return super().review_problem(answer)


DEFINITION = Definition(workflow=ComplianceWorkflow, build_graph=build_graph, options=options, variant=variant)
