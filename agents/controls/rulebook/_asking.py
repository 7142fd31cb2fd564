"""Asking a model about the rules that code cannot answer, one call each; no answer counts whose quote is not in the document.

A quote is chosen, not typed: the lines of the document are the only values the answer's schema allows, as long as they are not
too many. What comes back is looked up in the document all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from agents.controls.rulebook._assess import as_finding
from agents.controls.rulebook._book import Rule, Rulebook
from agents.controls.rulebook._checks.said import Said
from agents.controls.rulebook._passages import Passage, Passages
from agents.controls.rulebook._prompts import messages, version
from agents.documents.reading import Reading
from infra.connections import connections
from infra.models import ContextExceeded, InvalidAnswer, ModelClient, Question
from infra.records import DecidedBy, Finding, ModelCall, Severity, Verdict, finding

NONE = "none"
MOST_CHOICES = 120
"""Lines offered as quotes. Of more, the quote is copied and looked up."""
PART_CHARACTERS = 6000
"""Of a document shown in one call, some 2,500 tokens; a longer one is asked about in parts."""
MOST_PARTS = 12
"""A document of more parts is too long to be asked about."""
_LONGEST_QUOTE = 300
_LOOK = "a person has to look"


async def ask_rules(
    execution_id: str, digest: str, ids: Sequence[str], rulebook: Rulebook, *, tier: str = "small"
) -> tuple[list[Finding], list[ModelCall]]:
    """Ask about the rules ``ids`` of a document that was read before, all at once.

    Args:
        digest: of the document; its reading is in the document store.
        tier: the tier that is asked, where a rule names none.

    Returns:
        A finding for each rule, and the calls made.

    Raises:
        ModelError: an endpoint does not answer. What was answered meanwhile is on record, and not paid again.
    """
    to = connections()
    data = await asyncio.to_thread(to.documents.get_derived, digest, "reading.json")
    passages = await asyncio.to_thread(lambda: Passages(Reading.model_validate_json(data)))
    rules = [rule for id in ids if (rule := rulebook.rule(id))]
    await asyncio.to_thread(lambda: passages.lines)
    asked = (ask_rule(to.models, execution_id, rulebook, rule, passages, tier=tier) for rule in rules)
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    answered = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [said for said, _ in answered], [call for _, calls in answered for call in calls]


async def ask_rule(
    models: ModelClient, execution_id: str, rulebook: Rulebook, rule: Rule, passages: Passages, *, tier: str = "small"
) -> tuple[Finding, list[ModelCall]]:
    """Ask about one rule: its finding, and the calls it took.

    Raises:
        ModelError: an endpoint does not answer.
    """
    return await _Asking(models, execution_id, rulebook, rule, passages, tier).ask(_parts(passages.lines))


def unasked(ids: Sequence[str]) -> list[Finding]:
    """What is said of rules that code cannot answer where the setting ``ask`` lets no model be asked."""
    message = "code cannot answer it, and the setting `ask` says that no model is asked: a person has to look"
    return [finding(id, Severity.ERROR, message, verdict=Verdict.NOT_ASSESSABLE) for id in ids]


@dataclass(frozen=True)
class _Part:
    """Lines of the document that one call shows; ``number`` of how many, from 1."""

    lines: tuple[Passage, ...]
    number: int
    of: int


@dataclass(frozen=True)
class _Answered:
    """What a part came to. ``problem``: why the answer does not count."""

    answer: Literal["yes", "no", "not_stated"] = "not_stated"
    quote: Passage | None = None
    call: ModelCall | None = None
    problem: str | None = None


class _Asking:
    def __init__(
        self,
        models: ModelClient,
        execution_id: str,
        rulebook: Rulebook,
        rule: Rule,
        passages: Passages,
        tier: str,
    ) -> None:
        self._models = models
        self._execution = execution_id
        self._rulebook = rulebook
        self._rule = rule
        self._passages = passages
        self._tier = rule.tier if rule.tier and rule.tier in models.tiers else tier

    async def ask(self, parts: Sequence[_Part]) -> tuple[Finding, list[ModelCall]]:
        """The finding of the rule, and the calls it took."""
        if not parts:
            return self._finding(_not_assessable("the document has no text that could be asked about"), None), []
        if len(parts) > MOST_PARTS:
            said = _not_assessable("the document is too long to be asked about")
            return self._finding(said, None), []
        outcomes = await asyncio.gather(*map(self._ask_part, parts), return_exceptions=True)
        for part in outcomes:
            if isinstance(part, BaseException):
                raise part
        answered = [part for part in outcomes if isinstance(part, _Answered)]
        said, by = self._joined(answered)
        return self._finding(said, by), [part.call for part in answered if part.call]

    def _joined(self, answered: Sequence[_Answered]) -> tuple[Said, ModelCall | None]:
        """What all parts together say: the first that states something, unless what could not be used might say otherwise."""
        stated = [part for part in answered if part.problem is None and part.answer != "not_stated"]
        # A yes anywhere is a yes: a part that says no may just not be the place where it stands.
        best = next((part for part in stated if part.answer == "yes"), stated[0] if stated else None)
        broken = next((part for part in answered if part.problem), None)
        if broken and not (best and best.answer == "yes"):
            return _not_assessable(broken.problem or ""), broken.call
        if best is None:
            part = answered[0]
            return Said(_verdict(self._rule.passes("not_stated")), "the document does not say"), part.call
        evidence = best.quote.evidence if best.quote else {}
        told = f", by “{best.quote.text}”" if best.quote else ""
        return Said(_verdict(self._rule.passes(best.answer)), f"{best.answer}{told}", evidence=evidence), best.call

    async def _ask_part(self, part: _Part) -> _Answered:
        offered = _choices(part.lines)
        which = f" {part.number}/{part.of}" if part.of > 1 else ""
        try:
            answer = await self._models.ask(
                Question(
                    execution_id=self._execution,
                    step=f"rule {self._rule.id}{which}",
                    messages=messages("\n".join(line.text for line in part.lines), self._rule),
                    answer=_shape(list(offered)),
                    max_tokens=60 + _LONGEST_QUOTE // 2,
                    prompt_version=version(self._rulebook, self._rule),
                    tier=self._tier,
                )
            )
        except InvalidAnswer as error:
            # Why is on record with the call; what it said is no evidence and is not repeated here.
            return _Answered(
                call=error.call, problem="the model's answer has not the form asked for, or an invented quote"
            )
        except ContextExceeded as error:
            return _Answered(problem=f"the question is too long for the model ({error})")
        said = answer.value.model_dump()
        return self._grounded(said["answer"], said["quote"], offered, answer.call)

    def _grounded(
        self,
        answer: Literal["yes", "no", "not_stated"],
        quote: str,
        offered: Mapping[str, Passage],
        call: ModelCall,
    ) -> _Answered:
        """The answer with its quote as it stands in the document; thrown out where the one needs the other and has it not."""
        if answer == "not_stated":
            return _Answered(call=call)
        if quote == NONE or not quote.strip():
            needed = self._rule.evidence.quote == "required" and (answer == "yes" or self._rule.expect == "stated")
            if needed:
                return _Answered(call=call, problem=f"the model says {answer} and quotes nothing")
            return _Answered(answer, None, call)
        at = offered.get(quote) or self._passages.quoted(quote)
        if at is None:
            return _Answered(call=call, problem=f"the model says {answer}, by a quote that is not in the document")
        if problem := self._rule.evidence.problem(at.text):
            return _Answered(call=call, problem=f"the model says {answer}, but {problem}")
        return _Answered(answer, at, call)

    def _finding(self, said: Said, call: ModelCall | None) -> Finding:
        if call is None:
            return as_finding(self._rule, self._rulebook, said)
        prompt = version(self._rulebook, self._rule)
        by = DecidedBy(by="model", tier=self._tier, model=call.model, prompt_version=prompt)
        return as_finding(self._rule, self._rulebook, said, by)


def _not_assessable(why: str) -> Said:
    return Said(Verdict.NOT_ASSESSABLE, f"{why}: {_LOOK}", severity=Severity.ERROR)


def _verdict(passes: bool) -> Verdict:
    return Verdict.PASS if passes else Verdict.FAIL


def _parts(lines: Sequence[Passage]) -> list[_Part]:
    """The document's lines in as few parts as they fit, each a little of the one before it: a sentence may run on."""
    cut: list[list[Passage]] = []
    size = PART_CHARACTERS
    for line in lines:
        if size + len(line.text) > PART_CHARACTERS:
            cut.append(cut[-1][-3:] if cut else [])
            size = sum(len(kept.text) + 1 for kept in cut[-1])
        cut[-1].append(line)
        size += len(line.text) + 1
    return [_Part(tuple(part), n, len(cut)) for n, part in enumerate(cut, 1)]


def _choices(lines: Sequence[Passage]) -> dict[str, Passage]:
    """What may be quoted, as it is spelt in a schema, to where it stands; nothing where that would be too many."""
    offered: dict[str, Passage] = {}
    for line in lines:
        if any(c.isalpha() for c in line.text):
            offered.setdefault(_spelt(line.text), line)
    return offered if len(offered) <= MOST_CHOICES else {}


def _spelt(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_QUOTE].replace('"', "'").replace("\\", "/")


def _shape(offered: Sequence[str]) -> type[BaseModel]:
    quote: Any = (
        Literal[(*offered, NONE)]
        if offered
        # The bound stands in the pattern: xgrammar takes no other beside one.
        else Annotated[str, Field(pattern=rf'^[^\s"\\][^"\\\n]{{0,{_LONGEST_QUOTE - 1}}}$')]
    )
    # As `create_model` takes them.
    columns: dict[str, Any] = {"quote": (quote, ...), "answer": (Literal["yes", "no", "not_stated"], ...)}
    shape: type[BaseModel] = create_model("RuleAnswer", __config__=ConfigDict(extra="forbid"), **columns)
    return shape
