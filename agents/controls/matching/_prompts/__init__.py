"""The prompt file of the question which vendor a seller is, and its version."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def instructions() -> str:
    """What a model is told before it is asked."""
    return (files(__package__) / "vendor.md").read_text(encoding="utf-8").strip()


@cache
def version() -> str:
    """Name and digest of the instructions."""
    return f"vendor@{sha256(instructions().encode()).hexdigest()[:12]}"
