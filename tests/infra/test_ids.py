"""Ids that are joined of names: no two of other names are one, and those of earlier versions are the same."""

from __future__ import annotations

from itertools import product

import pytest

from infra.ids import NAME, batch_id, definition_in, execution_id, former_batch_id, former_execution_id, joined

DIGEST, OTHER = "0123456789abcdef" * 4, "fedcba9876543210" * 4
NAMES = (
    "a",
    "b",
    "a-b",
    "b-c",
    "a-b-c",
    "c",
    "a.b",
    "a_b",
    "a--b",
    "b-",
    "a-",
    "a-" + DIGEST[:24],
    "1",
    "batch",
    "a-batch-b",
)


def test_batches_of_other_names_have_other_ids() -> None:
    assert all(NAME.fullmatch(name) for name in NAMES)
    pairs = list(product(NAMES, NAMES))
    ours = {batch_id(tenant, batch, "one") for tenant, batch in pairs}
    assert len(ours) == len(pairs)
    assert not ours & {batch_id(tenant, batch, "another") for tenant, batch in pairs}
    assert len({former_batch_id(tenant, batch) for tenant, batch in pairs}) < len(pairs)
    assert not ours & {former_batch_id(*pair) for pair in pairs}


def test_executions_of_other_definitions_tenants_bytes_or_variants_have_other_ids() -> None:
    definitions = ("invoice", "compliance", "expense_report", "a", "a-b", "invoice-a")
    variants = ("", "c0ffee", "abc", DIGEST[:24], f"c0ffee-{DIGEST[:24]}", f"{DIGEST[:24]}-c0ffee", "a:b", "a%3Ab")
    parts = list(product(definitions, NAMES, (DIGEST, OTHER), variants))
    ids = {execution_id(*given, installation=of) for given in parts for of in ("one", "another")}
    ids |= {former_execution_id(*given) for given in parts}
    assert len(ids) == 3 * len(parts)
    assert not ids & {batch_id(tenant, batch, "one") for tenant, batch in product(NAMES, NAMES)}


@pytest.mark.parametrize(
    ("given", "was"),
    [
        (("invoice", "default", DIGEST), f"invoice-default-{DIGEST[:24]}"),
        (("invoice", "a-b", DIGEST), f"invoice-a-b-{DIGEST[:24]}"),
        (("compliance", "acme", DIGEST, "c0ffee"), f"compliance-acme-{DIGEST[:24]}-c0ffee"),
    ],
)
def test_executions_of_earlier_versions_keep_their_ids(given: tuple[str, ...], was: str) -> None:
    assert former_execution_id(*given) == was


@pytest.mark.parametrize("definition", ["invoice", "expense_report", "über"])
@pytest.mark.parametrize("tenant", ["a", "a-b"])
@pytest.mark.parametrize("variant", ["", "c0ffee", "a-b"])
def test_an_id_says_its_definition(definition: str, tenant: str, variant: str) -> None:
    assert definition_in(former_execution_id(definition, tenant, DIGEST, variant)) == definition
    assert definition_in(execution_id(definition, tenant, DIGEST, variant, installation="one")) == definition


def test_what_is_joined_can_be_told_again() -> None:
    parts = ("", "a", ":", "a:", ":a", "%3A", "%", "a%", "é", "e\u0301", "\udcff", "/", " ")
    twos, threes = list(product(parts, repeat=2)), list(product(parts, repeat=3))
    assert len({joined(*given) for given in (*twos, *threes)}) == len(twos) + len(threes)
