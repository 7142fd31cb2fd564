"""``python -m tests.evals.month.storm``: the same invoice as many files at once, before two workers. It is posted once."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

from infra.ledger import Ledger
from infra.records import Status
from tests.scripted.invoices import invoice_pdf
from tests.stack import Stack, eventually

WRITINGS = ("RE-2026-0017", "RE 2026 17", "re-2026/0017", "RE20260017", "RE-2026-17")
"""One number, as it is written by different hands."""


def copies(count: int, *, written: bool) -> dict[str, bytes]:
    """Files of one invoice, no two of the same bytes; ``written``: with its number in differing writings."""
    numbers = WRITINGS if written else WRITINGS[:1]
    return {f"copy-{n}.pdf": invoice_pdf(numbers[n % len(numbers)], extra=f"Copy {n}") for n in range(count)}


async def storm(stack: Stack, count: int, *, written: bool, seconds: float = 180) -> Counter[str]:
    """Hand all copies in at once; returns how many are posted, approved, in review, and in review as a duplicate."""
    tenant = "written" if written else "same"
    ids = await stack.submit(copies(count, written=written), batch=tenant, tenant=tenant)
    async with Ledger(stack.settings().ledger) as ledger:

        async def all_settled() -> bool:
            known = await ledger.statuses(ids)
            return len(known) == len(ids) and Status.RUNNING not in known.values()

        await eventually(all_settled, seconds)
        outcomes = Counter({"posted": len(await ledger.posted(tenant))})
        for id in ids:
            execution = await ledger.execution(id)
            assert execution
            outcomes[execution.status.value] += 1
            rules = {finding.rule for finding in execution.findings if finding.severity == "error"}
            outcomes["in review as a duplicate"] += execution.status is Status.REVIEW and "DUPLICATE" in rules
    return outcomes


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.month.storm", description=__doc__)
    parser.add_argument("--copies", type=int, default=50)
    given = parser.parse_args()
    right = True
    with tempfile.TemporaryDirectory(prefix="storm-") as home, Stack(Path(home)) as stack:
        stack.start_worker()
        for written in (False, True):
            outcomes = asyncio.run(storm(stack, given.copies, written=written))
            writing = "number in five writings" if written else "one number"
            print(f"{given.copies} copies at once, {writing}, 2 workers: {dict(outcomes)}")
            right &= outcomes["posted"] == outcomes["approved"] == 1
            right &= outcomes["in review as a duplicate"] == given.copies - 1
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
