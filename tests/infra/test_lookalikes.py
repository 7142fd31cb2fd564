"""Names that look alike are one, and names that do not are not."""

from __future__ import annotations

import pytest

from infra.lookalikes import alike


@pytest.mark.parametrize(
    "written",
    [
        "CARLA",
        " carla ",
        "c a r l a",
        "car\u200bla",
        "ca\u00adrla",
        "\ufeffcarla\u2060",
        "c\u034far\u200dla\ufe0f",
        "ca\u202erla\u202c",
        "carla\u3164",
        "сarlа",
        "СARLA",
        "cαrla",
        "ｃａｒｌａ",
        "𝐜𝐚𝐫𝐥𝐚",
        "𝓬𝓪𝓻𝓵𝓪",
        "car1a",
        "carIa",
        "car|a",
        "cárlâ",
        "c.a-r_l'a",
        "ⅽarⅼa",
        "carla\U000e0041",
        "ϲɑrla",
    ],
)
def test_a_name_in_another_writing_is_the_same(written: str) -> None:
    assert alike(written, "carla")
    assert alike("Carla", written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna", "ben"), ("anna", "anne"), ("anna", "anna2"), ("carla", "carlo"), ("Müller", "Möller"), ("ada", "adam"),
        ("policy", "police"), ("Юлия", "Юрий"), ("王伟", "王芳"), ("ren", "ben"), ("noah", "nora"),
    ],
)  # fmt: skip
def test_other_names_stay_others(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bodil", "B0dil"), ("Иван", "ИВАН"), ("Ράνια", "Pavia"), ("ΒEN", "ben"), ("НANS", "hans"), ("Ødegård", "odegard"),
     ("Groß", "GROSS"), ("Łukasz", "lukasz"), ("Arne", "Ame"), ("Ian", "lan"), ("emil", "em1l"), ("ΑΝΝΑ", "anna")],
)  # fmt: skip
def test_what_only_a_careful_reader_tells_apart_is_one(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize("blank", ["", " ", "\u200b", "\u3164", "\u2800", "...", "\u202e\u202c", "́"])
def test_what_prints_nothing_to_read_is_like_nothing(blank: str) -> None:
    assert not alike(blank, blank)
    assert not alike(blank, "anna")
