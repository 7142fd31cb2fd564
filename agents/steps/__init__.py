"""What all agents share: the typed state of their graphs, `step` and `way` that make nodes and conditional edges of it, `read`,
how much a state may carry, and where Temporal runs nodes (`placing`)."""

from agents.fields.bounds import LONGEST_TEXT, line_of, that_fit
from agents.steps._issuers import Lesson, learn_issuer
from agents.steps._looking import look
from agents.steps._reading import DraftedDocument, ReadDocument, document_of, read, reading_of
from agents.steps._state import (
    AgentChannels,
    AgentState,
    AgentUpdate,
    Answer,
    Decision,
    DocumentFacts,
    ExecutionRef,
    Headline,
    Noted,
    Options,
    Plain,
    accepted,
    merged,
)
from agents.steps._step import Channels, decided_since, now, plain, step, way

__all__ = [
    "LONGEST_TEXT",
    "AgentChannels",
    "AgentState",
    "AgentUpdate",
    "Answer",
    "Channels",
    "Decision",
    "DocumentFacts",
    "DraftedDocument",
    "ExecutionRef",
    "Headline",
    "Lesson",
    "Noted",
    "Options",
    "Plain",
    "ReadDocument",
    "accepted",
    "decided_since",
    "document_of",
    "learn_issuer",
    "line_of",
    "look",
    "merged",
    "now",
    "plain",
    "read",
    "reading_of",
    "step",
    "that_fit",
    "way",
]
