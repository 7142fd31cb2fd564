"""What the reading process answers fits what is made of it, though it does without those types."""

from __future__ import annotations

from typing import is_typeddict

import pytest

from agents.documents import _messages, looking, reading

SHAPES = [name for name, value in vars(_messages).items() if is_typeddict(value) and name.endswith("Answer")]


@pytest.mark.parametrize("name", SHAPES)
def test_every_part_of_an_answer_is_known_to_the_reading(name: str) -> None:
    shape = getattr(_messages, name)
    called = name.removesuffix("Answer") or "Reading"
    model = getattr(reading, called, None) or getattr(looking, called)
    assert set(shape.__annotations__) <= set(model.model_fields)
    required = {field for field, info in model.model_fields.items() if info.is_required()}
    assert required - {"digest", "media_type"} <= set(shape.__annotations__)
