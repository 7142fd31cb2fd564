"""All that a person has to know of a document's safety before anything is paid."""

from __future__ import annotations

from agents.documents.reading import Reading
from agents.pages.safety import _injection, _overlays
from infra.records import Finding


def findings(reading: Reading) -> list[Finding]:
    """What it says to its reader, what no reader sees, and what stands over its pages."""
    return [*_injection.findings(reading), *_overlays.findings(reading)]
