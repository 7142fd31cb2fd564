"""``rules``: what rulebooks say, in plain words, and whether they say what their author means."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from workers.cli._console import JsonOption, add_row, cell, current_settings, out, print_json, say, table
from workers.office.wording import counted, shortened

if TYPE_CHECKING:
    from agents.controls.rulebook import Rule, Rulebook
    from agents.controls.rulebook.examples import Tried

LIST_EPILOG = """Examples:

counterfoil rules list

counterfoil rules list --rulebook service-contract"""
EXPLAIN_EPILOG = """Examples:

counterfoil rules explain SPLIT

counterfoil rules explain BR-CO-15"""
TEST_EPILOG = """Examples:

counterfoil rules test payables

counterfoil rules test house.yaml cases.yaml --model

Cases are a YAML list of {rule, text, verdict} and, where the rule looks at them, kind and fields (path: value)."""

RulebookOption = Annotated[
    str | None,
    typer.Option("--rulebook", metavar="NAME|PATH", help="Which.", show_default="the setting rulebook"),
]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(no_args_is_help=True, help="Rulebooks: what their rules say, and whether they work.")
    group.command("list", epilog=LIST_EPILOG)(list_rules)
    group.command("explain", epilog=EXPLAIN_EPILOG)(explain)
    group.command("test", epilog=TEST_EPILOG)(try_rules)
    app.add_typer(group, name="rules", rich_help_panel="Rules")


def list_rules(rulebook: RulebookOption = None, as_json: JsonOption = False) -> None:
    """List the rules of a rulebook, and how each is answered."""
    from agents.controls.rulebook import shipped
    from workers.office import rules

    book = rules.rulebook(rulebook or current_settings().rulebook)
    if as_json:
        print_json({"rulebook": book.model_dump(mode="json", by_alias=True), "shipped": shipped()})
        return
    shown = table("rule", "title", "severity", "applies to", "answered by", whole=("rule", "severity"))
    for rule in book.rules:
        add_row(shown, rule.id, rule.title, rule.severity, _applies_to(rule), _answered_by(rule))
    out().print(shown)
    named = f"{book.name} version {book.version}, digest {book.digest[:12]}, {counted(len(book.rules), 'rule')}"
    say(f"{named}; shipped are: {', '.join(shipped())}")


def explain(
    id: Annotated[str, typer.Argument(metavar="ID", help="Of a rule of the rulebook, or of EN 16931.")],
    rulebook: RulebookOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain one rule in plain words."""
    from workers.office import rules

    book = rules.rulebook(rulebook or current_settings().rulebook)
    rule = rules.rule(book, id)
    if is_dataclass(rule):
        known = asdict(rule)
        if as_json:
            print_json({"rulebook": "EN 16931", "rule": known})
            return
        for name, value in known.items():
            told = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            out().print(Text.assemble((f"{name:<12}", "dim"), cell(told)), soft_wrap=True)
    elif as_json:
        print_json({"rulebook": book.name, "rule": rule.model_dump(mode="json", by_alias=True)})
    else:
        _print_rule(book, rule)


def try_rules(
    rulebook: Annotated[str, typer.Argument(metavar="RULEBOOK", help="A shipped rulebook, or a YAML file.")],
    cases: Annotated[Path | None, typer.Argument(metavar="[CASES]", help="More examples, YAML.")] = None,
    model: Annotated[
        bool, typer.Option("--model", help="Also ask the configured endpoint, where code cannot tell. It may cost.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a rulebook's form, then hold its own examples, and those of CASES, against it. Exit code 1 if one comes out wrong."""
    from workers.office import rules

    book = rules.rulebook(rulebook)
    tried = rules.try_examples(book, cases)
    if model:
        tried = asyncio.run(rules.ask_model(current_settings(), book, tried))
    missed = [example for example in tried if example.verdict is not None and not example.right]
    if as_json:
        print_json({"rulebook": book.name, "ok": not missed, "examples": [_tried_as_json(t) for t in tried]})
    else:
        _print_tried(book, tried)
    if missed:
        raise typer.Exit(1)


def _print_rule(book: Rulebook, rule: Rule) -> None:
    from agents.controls.rulebook import CHECKS

    console = out()
    console.print(Text.assemble(cell(rule.id, "bold"), "  ", cell(rule.title)), soft_wrap=True)
    expected = {"yes": "yes", "no": "no, or that it does not say", "stated": "whatever the document says of it"}
    conditions = rule.when.model_dump(exclude_none=True)
    lines = [
        ("question", rule.question),
        ("expected", expected[rule.expect]),
        ("applies to", _applies_to(rule)),
        ("when", ", ".join(f"{name}: {_plainly(value)}" for name, value in conditions.items()) or "always"),
        ("if not kept", {"error": "a person has to look", "warning": "a warning", "info": "noted"}[rule.severity]),
        ("answered by", _answered_by(rule)),
    ]
    if rule.check:
        given = CHECKS[rule.check].parameters.model_validate(rule.with_).model_dump(mode="json")
        told = ", ".join(f"{name} {value}" for name, value in given.items())
        lines.append(("check", f"{CHECKS[rule.check].about}{f' ({told})' if told else ''}"))
    if rule.phrases:
        where = "at the top of the document" if rule.phrases_in == "heading" else "in the text"
        some = "; ".join(f"{language}: {', '.join(of[:3])}" for language, of in rule.phrases.items())
        lines.append(("phrases", f"{len(rule.all_phrases)} {where}, such as {some}"))
    if rule.asks_a_model:
        shape = f"at most {rule.evidence.max_words} words" + (
            f", matching {rule.evidence.matches}" if rule.evidence.matches else ""
        )
        lines.append(("evidence", f"a quote from the document is {rule.evidence.quote}: {shape}"))
    lines.append(("rulebook", f"{book.name} version {book.version}, digest {book.digest[:12]}"))
    for name, value in lines:
        console.print(Text.assemble((f"{name:<12}", "dim"), cell(value)), soft_wrap=True)


def _plainly(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _applies_to(rule: Rule) -> str:
    return "any document" if "any" in rule.applies_to else ", ".join(rule.applies_to).replace("_", " ")


def _answered_by(rule: Rule) -> str:
    """In the order in which it is tried."""
    ways = ["code"] if rule.check else []
    ways += ["phrases"] if rule.phrases else []
    if rule.asks_a_model:
        ways.append(f"model{f' {rule.tier}' if rule.tier else ''}")
    return ", then ".join(ways)


def _print_tried(book: Rulebook, tried: list[Tried]) -> None:
    console = out()
    shown = table("rule", "example", "expected", "came to", "", whole=("rule",))
    for trial in tried:
        mark = (
            ("not asked", "yellow") if trial.verdict is None else ("ok", "green") if trial.right else ("WRONG", "red")
        )
        text = shortened(" ".join(trial.example.text.split()), 60)
        add_row(shown, trial.rule.id, text, trial.example.verdict, trial.verdict or "a model's to say", cell(*mark))
    if tried:
        console.print(shown)
    right, unasked = sum(trial.right for trial in tried), sum(trial.verdict is None for trial in tried)
    said = f"{book.name}: its form is right; {right} of {len(tried) - unasked} examples come out as expected"
    console.print(said + (f", {unasked} need --model" if unasked else ""), soft_wrap=True)


def _tried_as_json(trial: Tried) -> dict[str, Any]:
    return {
        "rule": trial.rule.id,
        "text": trial.example.text,
        "expected": trial.example.verdict,
        "verdict": trial.verdict,
        "right": trial.right if trial.verdict is not None else None,
        "message": trial.message,
    }
