"""What code says of a document: of the file, of the e-invoice in it, of its pages. Done in a fork of a process that has this
loaded (`infra.forks`), with limits: whatever a document holds, it keeps nobody busy but its own process.

`examine`, `draft_again`, `draft_known` and `learn` are what is done there; `unpack` is how their parts come back, typed.
"""

from agents.examination._examining import (
    Confirmed,
    Examination,
    Known,
    KnownBy,
    Learnt,
    OfTheFile,
    Order,
    draft_again,
    draft_known,
    examine,
    learn,
    pack,
    unpack,
    unpack_draft,
)

__all__ = [
    "Confirmed",
    "Examination",
    "Known",
    "KnownBy",
    "Learnt",
    "OfTheFile",
    "Order",
    "draft_again",
    "draft_known",
    "examine",
    "learn",
    "pack",
    "unpack",
    "unpack_draft",
]
