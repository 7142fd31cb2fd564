"""The same job on other ground: each peer in a file of its own, doing it as its makers would.

What is the same for all: the nodes, prompts and checks of the invoice agent, the calls, the metering of every call and
the posting in a ledger on SQLite. What differs is who remembers how far a document is.
"""

from __future__ import annotations

from tests.evals.bench.contender import Contender
from tests.evals.bench.peers.dbos_steps import DbosOnPostgres, DbosOnSqlite
from tests.evals.bench.peers.langgraph_alone import LangGraphInMemory, LangGraphOnPostgres, LangGraphOnSqlite
from tests.evals.bench.peers.temporal_by_hand import TemporalByHand

PEERS: tuple[type[Contender], ...] = (
    LangGraphInMemory,
    LangGraphOnSqlite,
    LangGraphOnPostgres,
    DbosOnSqlite,
    DbosOnPostgres,
    TemporalByHand,
)
