"""One person is one person, in whatever writing; and a name that only looks like one has none of its rights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.controls.approval import (
    BadPolicy,
    after_approval,
    auto,
    built_in,
    may_answer,
    may_approve,
    name_problem,
    read_policy,
    requirement,
    starter,
    weaknesses,
)
from tests.agents.controls.approval.policies import TODAY, a_case, a_policy

WRITINGS = [
    "CARLA", " carla", "car\u200bla", "c a r l a", "сarlа", "ｃａｒｌａ", "𝐜𝐚𝐫𝐥𝐚", "car1a", "carIa", "cárla", "c.arla",
    "carla\u3164", "ca\u202erla\u202c", "ca\u00adrla", "Carla Conti", "c.conti", "conti, carla", "CARLA.CONTI@acme.example",
    "С. Сonti",
]  # fmt: skip
KNOWN = {"carla": ["Carla Conti", "c.conti", "Conti, Carla", "carla.conti@acme.example"], "dirk": ["Dirk Drost"]}


@pytest.mark.parametrize("again", WRITINGS)
@pytest.mark.parametrize("approvers", [True, False], ids=["named approvers", "anyone"])
def test_two_writings_of_one_person_are_no_two_pairs_of_eyes(again: str, approvers: bool) -> None:
    policy, case = a_policy(aliases=KNOWN, **({} if approvers else {"approvers": []})), a_case("20000")
    assert may_approve(policy, case, again, TODAY, ["carla"]) is not None
    assert after_approval(policy, case, ["carla", again], TODAY) is not None
    assert after_approval(policy, case, ["carla", "Dirk Drost"], TODAY) is None


@pytest.mark.parametrize("again", WRITINGS)
def test_who_handed_it_in_does_not_approve_it_in_another_writing(again: str) -> None:
    for policy in (a_policy(aliases=KNOWN), a_policy(aliases=KNOWN, approvers=[])):
        assert may_approve(policy, a_case("500", submitters=[again]), "carla", TODAY) is not None
        assert may_approve(policy, a_case("500", submitters=["carla"]), again, TODAY) is not None
        assert after_approval(policy, a_case("500", submitters=["carla"]), [again], TODAY) is not None
        assert not auto(policy, a_case("500", submitters=["carla"], correctors=[again])).allowed


@pytest.mark.parametrize("like", ["сarlа", "car\u200bla", "car1a", "carIa", "c a r l a", "cárla"])
def test_a_name_that_only_looks_like_an_approvers_has_none_of_their_rights(like: str) -> None:
    policy = a_policy()
    assert "(who writes it carla)" in str(may_approve(policy, a_case("500"), like, TODAY))
    assert may_answer(policy, a_case("500"), like, TODAY) is not None


@pytest.mark.parametrize("name", ["Carla Conti", "C.CONTI", "carla.conti@ACME.example", "Carla", "conti, carla"])
def test_by_an_alias_one_has_the_rights_of_the_person(name: str) -> None:
    policy = a_policy(aliases=KNOWN)
    assert may_approve(policy, a_case("20000"), name, TODAY) is None
    assert may_answer(policy, a_case("20000"), name, TODAY) is None
    assert requirement(policy, a_case("20000"), TODAY, already=[name]).people == ["dirk"]


def test_a_group_or_a_delegation_may_name_a_person_by_any_of_their_names() -> None:
    leave = {"from": "Carla Conti", "to": "Eva Ernst", "starts": "2026-11-01", "ends": "2026-11-03"}
    policy = a_policy(aliases={**KNOWN, "eva": ["Eva Ernst"]}, delegations=[leave])
    assert may_approve(policy, a_case("20000"), "eva", TODAY) is None
    assert "only for Carla Conti" in str(may_approve(policy, a_case("20000", submitters=["c.conti"]), "eva", TODAY))


@pytest.mark.parametrize(
    "name",
    ["policy", "Policy ", "pol\u200bicy", "роlicy", "POLICY", "ｐｏｌｉｃｙ", "po1icy", "polìcy", "p o l i c y", "poli\u00adcy",
     "polіcу", "\u202epolicy", "policy.", "pоlicy\u2060"],
)  # fmt: skip
def test_nobody_is_called_as_approvals_without_a_person_are_recorded(name: str) -> None:
    assert "policy is no person's name" in str(name_problem(name))
    assert "policy is no person's name" in str(may_approve(built_in({}, 0.9), a_case(), name, TODAY))
    for text in (
        f"approvers: [{{id: a, people: ['{name}']}}]",
        f"approvers: [{{id: a, people: [b]}}]\ndelegations: [{{from: b, to: '{name}', starts: 2026-01-01, ends: 2026-01-01}}]",
        f"aliases: {{anna: ['{name}']}}",
        f"aliases: {{'{name}': [anna]}}",
    ):
        with pytest.raises(BadPolicy, match="policy is no person's name|special characters"):
            read_policy(f"name: x\n{text}".encode(), Path("x"))


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u3164", "...", "\u202e\u202c"])
def test_nobody_is_called_what_cannot_be_read(name: str) -> None:
    assert name_problem(name)
    assert may_approve(built_in({}, 0.9), a_case(), name, TODAY)


@pytest.mark.parametrize(
    "name", ["anna", "王伟", "Юлия", "Νίκος", "محمد", "O'Brien", "ß", "x", "प्रिया", "policyholder"]
)
def test_people_of_all_scripts_have_names(name: str) -> None:
    assert name_problem(name) is None


def test_four_eyes_without_named_approvers_have_no_second_person() -> None:
    policy, case = a_policy(approvers=[]), a_case("20000")
    assert may_approve(policy, case, "anna", TODAY) is None
    said = after_approval(policy, case, ["anna"], TODAY)
    assert "approved by anna; a second person has to approve (four eyes above 10000 EUR)" in str(said)
    assert "name somebody in the policy" in str(said)
    assert "does not name ben" in str(may_approve(policy, case, "ben", TODAY, ["anna"]))
    assert after_approval(policy, case, ["anna", "ben"], TODAY) is not None
    assert any("nobody whom the policy names" in why for why in requirement(policy, case, TODAY, already=["anna"]).why)
    assert after_approval(policy, a_case("500"), ["anna"], TODAY) is None, "one is enough below the sum"


def test_people_whom_the_policy_names_are_two_also_where_anyone_may_approve() -> None:
    policy, case = a_policy(approvers=[], aliases=KNOWN), a_case("20000")
    assert may_approve(policy, case, "zoe", TODAY) is None
    assert may_approve(policy, case, "Dirk Drost", TODAY, ["carla"]) is None
    assert after_approval(policy, case, ["zoe", "dirk"], TODAY) is not None, "zoe may be dirk"
    assert after_approval(policy, case, ["zoe", "dirk", "carla"], TODAY) is None


def test_who_is_not_known_to_have_handed_it_in_may_be_who_approves_it_so_two_have_to() -> None:
    policy, case = a_policy(), a_case("500", submitters=[])
    assert requirement(policy, case, TODAY).needed == 2
    said = after_approval(policy, case, ["anna"], TODAY)
    assert str(said).startswith(
        "approved by anna; a second person has to approve (where nobody knows who handed it in)"
    )
    assert may_approve(policy, case, "ben", TODAY, ["anna"]) is None
    assert after_approval(policy, case, ["anna", "ben"], TODAY) is None
    assert after_approval(policy, case, ["anna", "mallory"], TODAY) is not None, "somebody whom the policy names"
    allowed = a_policy(own_submission="allowed")
    assert after_approval(allowed, case, ["anna"], TODAY) is None
    assert auto(policy, case).allowed, "nobody approves what passes by itself"


def test_names_that_belong_to_two_people_are_refused() -> None:
    for text, said in (
        ("aliases: {anna: [A. Adler], ben: [a adler]}", "A. Adler is a name of somebody else"),
        (
            "aliases: {anna: [A. Adler]}\napprovers: [{id: a, people: [anna, A. Adler]}]",
            "another name of somebody in it",
        ),
    ):
        with pytest.raises(BadPolicy, match=said):
            read_policy(f"name: x\n{text}".encode(), Path("x"))


PAIRS = [
    ("Ilse", "Lise"), ("Carl", "Cari"), ("Ian", "Lan"), ("Bam", "Barn"), ("Vivi Lee", "Vivl Lee"),
]  # fmt: skip
ONE_PERSON = [
    ("Ada", "\u0410da"), ("carla", "carIa"), ("anna1", "annal"), ("Jörg", "Jorg"), ("anna.adler", "Anna Adler"), ("oto", "0t0"),
]  # fmt: skip


def _naming(*people: str, **more: Any) -> Any:
    return a_policy(approvers=[{"id": f"g{n}", "people": [name]} for n, name in enumerate(people)], **more)


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize(
    "aliases", [{}, {0: ["first@acme.example"], 1: ["second@acme.example"]}], ids=["bare", "aliases"]
)
def test_two_whom_a_policy_names_both_are_two_people_though_their_names_look_alike(
    one: str, other: str, aliases: dict[int, list[str]]
) -> None:
    policy = _naming(one, other, "Zoe", aliases={(one, other)[n]: names for n, names in aliases.items()})
    case = a_case("20000", submitters=["Emil"])
    for first, second in ((one, other), (other, one)):
        assert may_approve(policy, case, second, TODAY, [first]) is None
        assert after_approval(policy, case, [first, second], TODAY) is None
        assert may_approve(policy, a_case("500", submitters=[first]), second, TODAY) is None
        assert may_approve(policy, a_case("500", submitters=[first]), first.upper(), TODAY) is not None
    assert not any("look alike" in weak for weak in weaknesses(policy))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_where_a_policy_names_one_of_them_the_other_is_that_one_or_nobody(one: str, other: str) -> None:
    policy, case = _naming(one, "Zoe", "Bert"), a_case("20000", submitters=["Emil"])
    assert may_approve(policy, case, other, TODAY, ["Zoe"]) is not None
    assert after_approval(policy, case, [one, other], TODAY) is not None
    assert may_approve(policy, a_case("500", submitters=[other]), one, TODAY) is not None


@pytest.mark.parametrize("third", ["llse", "1lse", "L ise", "I.lse", "\u0406lse"])
def test_a_third_writing_may_be_either_of_two(third: str) -> None:
    policy = _naming("Ilse", "Lise", "Zoe")
    for one in ("Ilse", "Lise"):
        assert after_approval(policy, a_case("20000", submitters=["Emil"]), [one, third], TODAY) is not None
        assert may_approve(policy, a_case("500", submitters=[third]), one, TODAY) is not None


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_names_that_no_reader_tells_apart_are_one_person_whoever_names_both(one: str, other: str) -> None:
    policy = _naming(one, other, "Zoe")
    assert after_approval(policy, a_case("20000", submitters=["Emil"]), [one, other], TODAY) is not None
    assert may_approve(policy, a_case("500", submitters=[one]), other, TODAY) is not None
    assert any("look alike" in weak for weak in weaknesses(policy))


def test_a_policy_without_aliases_keeps_the_digest_it_always_had() -> None:
    policy = read_policy(b"name: x", Path("x"))
    assert b"aliases" not in policy.canonical
    assert policy.digest == "a5e223bf72e80a50441c2820e15db8eee281bcc71d24f96e898acfecb142f952"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"approvers": []}, "nobody counts as the second person; name who approves in approvers"),
        ({"approvers": [], "aliases": KNOWN}, "only carla or dirk count as two people"),
        (
            {"approvers": [{"id": "a", "people": ["anna", "ben"]}]},
            "only anna and ben approve: what one of them hands in",
        ),
        ({"approvers": [{"id": "a", "people": ["anna", "аnna", "ben", "eva"]}]}, "anna and аnna look alike"),
        ({"approvers": [], "four_eyes": {}}, "anyone may answer under another name"),
    ],
)
def test_what_is_weak_in_a_policy_that_stays_valid_is_said(parts: dict[str, Any], said: str) -> None:
    assert any(said in weak for weak in weaknesses(a_policy(**parts)))


def test_a_policy_that_names_enough_people_is_not_called_weak() -> None:
    assert weaknesses(a_policy()) == []
    assert weaknesses(built_in({}, 0.9)) == []
    assert weaknesses(read_policy(starter().encode(), Path("starter"))) == []
