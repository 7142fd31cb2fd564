"""A policy and a case to vary in tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from agents.controls.approval import Case, Policy

TODAY = date(2026, 11, 2)
SUMS = {"EUR": 10_000}


def a_policy(**parts: Any) -> Policy:
    """Clerks up to 10,000 EUR, management any sum; two people above 10,000 EUR."""
    given = {
        "name": "house",
        "auto_approval": {"enabled": True, "limits": {"EUR": 1000}, "sure": 0.9},
        "approvers": [
            {"id": "clerks", "people": ["anna", "ben"], "up_to": SUMS},
            {"id": "management", "people": ["carla", "dirk"]},
        ],
        "four_eyes": {"above": SUMS},
        **parts,
    }
    return Policy.model_validate(given)


def a_case(amount: str | None = "500.00", **facts: Any) -> Case:
    given = {"currency": "EUR", "kind": "invoice", "tenant": "acme", "submitters": ["emil"], **facts}
    return Case(amount=None if amount is None else Decimal(amount), **given)
