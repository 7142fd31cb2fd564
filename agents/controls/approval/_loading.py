"""Reading a policy file: YAML, checked; what is wrong with it is said by key, with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agents.controls.approval import _policy as parts
from agents.controls.approval._policy import BUILT_IN, AutoApproval, Policy
from agents.controls.strict_yaml import NotYaml, load_yaml, path_of, problems_of
from infra.failures import Failure

LONGEST_FILE = 1_000_000
"""Bytes of a policy file."""


class BadPolicy(Failure):
    """A policy file cannot be used; ``problems`` has one sentence for each thing that is wrong."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        super().__init__(f"the approval policy {path} cannot be used: {'; '.join(problems)}")
        self.problems = problems


def load_policy(path: Path | None, *, limits: Mapping[str, Decimal], sure: float) -> Policy:
    """The policy of the file at ``path``; without one, the built-in policy of these settings.

    Args:
        limits: largest total approved without a person, by ISO 4217 currency.
        sure: confidence every key value must have for that, from 0 to 1.

    Raises:
        BadPolicy: the file is not there, is no YAML, or is no policy.
    """
    if path is None:
        return built_in(limits, sure)
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_FILE + 1)
    except OSError as error:
        raise BadPolicy(
            path, [f"{error.strerror or error}; mend COUNTERFOIL_APPROVAL_POLICY, or unset it for the built-in policy"]
        ) from error
    if len(data) > LONGEST_FILE:
        raise BadPolicy(path, [f"it is longer than {LONGEST_FILE:,} bytes"])
    return read_policy(data, path)


def read_policy(data: bytes, path: Path) -> Policy:
    """The policy in ``data``; ``path`` is what messages call it.

    Raises:
        BadPolicy: it is no YAML, or no policy.
    """
    try:
        content = load_yaml(data)
    except NotYaml as error:
        raise BadPolicy(path, [f"it is no YAML: {error}"]) from error
    if not isinstance(content, dict):
        raise BadPolicy(path, ["it holds no keys; `counterfoil policy init` writes one to begin with"])
    if "digest" in content:
        raise BadPolicy(path, ["digest: it is computed; leave it out"])
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        raise BadPolicy(path, list(problems_of(error, parts, path_of))) from error


def built_in(limits: Mapping[str, Decimal], sure: float) -> Policy:
    """What holds without a file: approval without a person up to ``limits``, and anyone may approve the rest, also what they
    handed in (which is noted); a reminder every 24 hours."""
    return Policy(
        name=BUILT_IN,
        auto_approval=AutoApproval(enabled=True, limits=dict(limits), sure=sure),
        own_submission="allowed",
    )


def policy_of(options: Mapping[str, Any]) -> Policy:
    """The policy an execution keeps in its options; the built-in one where it began before there were policies."""
    if plain := options.get("policy"):
        return Policy.model_validate(plain)
    limits = {currency: Decimal(limit) for currency, limit in options.get("approval_limits", {}).items()}
    return built_in(limits, options.get("sure", 0.95))


def starter() -> str:
    """A commented policy file to begin with."""
    return (files(__package__) / "policies" / "starter.yaml").read_text(encoding="utf-8")
