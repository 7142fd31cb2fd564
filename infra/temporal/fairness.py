"""What a Temporal server has to be told so that the urgent go first and tenants take turns.

A task carries a priority (1 goes first, 5 last; 3 where none is named), a fairness key (the tenant) and a weight. Priority
holds on any server of today; fairness has to be switched on. Both hold within a partition of a task queue, and by default
a queue has four, over which tasks are spread at random.
"""

from __future__ import annotations

DYNAMIC_CONFIG: dict[str, str] = {
    "matching.enableFairness": "true",
    # One partition: order holds within each, and a rate for a queue is divided by the number of them, written to or not.
    "matching.numTaskqueueWritePartitions": "1",
    "matching.numTaskqueueReadPartitions": "1",
}
"""Dynamic configuration of a server that runs on one machine. Where a queue needs several partitions for its throughput
(thousands of tasks a second), priority and fairness hold in each, and so nearly in all; read and write as many."""
