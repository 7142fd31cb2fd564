"""The schedule of a chaos run: drawn from its seed, and hard on every part."""

from __future__ import annotations

from collections import Counter

from tests.evals.chaos.schedule import Part, drawn


def test_every_part_is_struck_as_often_as_asked_and_some_two_at_once() -> None:
    blows = drawn(seed=7, times=5)
    assert Counter(part for blow in blows for part in blow.down) == dict.fromkeys(Part, 5)
    assert {len(blow.down) for blow in blows} == {1, 2}


def test_a_seed_gives_the_same_blows_again_and_another_seed_others() -> None:
    assert drawn(seed=7, times=3) == drawn(seed=7, times=3) != drawn(seed=8, times=3)
