"""How the command line speaks: results on standard output, all else on standard error, errors as one sentence.

What documents say is untrusted: it reaches a terminal only through `clean`, and never as markup.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.office.wording import clean, counted

if TYPE_CHECKING:
    from infra.records import Execution
    from infra.settings import Settings
    from workers.office import Office

T = TypeVar("T")
P = ParamSpec("P")

PIPE_WIDTH = 10_000
"""Columns assumed where no terminal says how many there are: nothing is cut or wrapped in a pipe."""

LONGEST_NAME = 44
"""Characters of a file's name shown above its id; of a longer one the middle is left out."""

STYLES = {
    "approved": "green",
    "review": "yellow",
    "rejected": "magenta",
    "split": "blue",
    "failed": "red",
    "refused": "red",
    "running": "cyan",
}
"""Colour of a status; of a decision, see `decision_text`."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else, on standard output.")]
TenantFilter = Annotated[str | None, typer.Option("--tenant", help="Only this tenant's.", show_default="all")]
BatchFilter = Annotated[str | None, typer.Option("--batch", help="Only this batch's.", show_default="all")]
ExecutionArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help="Execution id, beginning of it or of the document's digest, or file name."),
]


def clearly(command: Callable[P, T]) -> Callable[P, T]:
    """The command, of which foreseeable errors are their sentence on standard error and an exit code; others pass."""

    @wraps(command)
    def run(*args: P.args, **words: P.kwargs) -> T:
        try:
            return command(*args, **words)
        except (typer.Exit, typer.Abort, KeyboardInterrupt):
            raise
        except Exception as error:
            from workers.office import WronglyAsked, told

            sentence = told(error)
            if sentence is None:
                raise
            err().print(Text(clean(sentence), "red"), soft_wrap=True)
            raise typer.Exit(2 if isinstance(error, WronglyAsked) else 1) from None

    return run


def current_settings() -> Settings:
    """The settings of this process."""
    from infra.settings import settings

    return settings()


def in_office(use: Callable[[Office], Awaitable[T]], settings: Settings | None = None) -> T:
    """What a use case returns, in an office by ``settings``, else by those of this process."""

    async def work() -> T:
        from workers.office import opened

        async with opened(settings or current_settings()) as office:
            return await use(office)

    return asyncio.run(work())


def the_tenant(given: str | None) -> str:
    """The tenant that is meant: that of the settings where none is given.

    Raises:
        BadSubmission: none can be called so.
    """
    from workers.intake import checked_name

    return checked_name("tenant", current_settings().tenant if given is None else given)


def out() -> Console:
    """Standard output."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error."""
    return _console(stderr=True)


def say(text: object, style: str = "") -> None:
    """A line on standard output, cleaned and neither wrapped nor cut."""
    out().print(cell(text, style), soft_wrap=True)


def warn(text: object, style: str = "") -> None:
    """A line on standard error, as `say`."""
    err().print(cell(text, style), soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


def cell(value: object, style: str = "") -> Text:
    """A value for a table or a line: cleaned, on one line, never markup. None is shown as nothing."""
    return Text("" if value is None else clean(str(value), lines=False), style)


def table(*columns: str, right: tuple[str, ...] = (), whole: tuple[str, ...] = ()) -> Table:
    """A table with these columns: ``right`` aligned right; ``whole`` neither wrapped nor cut, to be copied."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name in columns:
        numbers = name in right
        table.add_column(
            name, justify="right" if numbers else "left", no_wrap=numbers or name in whole, overflow="fold"
        )
    return table


def add_row(table: Table, *values: object) -> None:
    """Add a row of plain values or `Text`."""
    table.add_row(*(value if isinstance(value, Text) else cell(value) for value in values))


def named(name: str, id: str) -> Text:
    """A file's name with the execution's id below it, for terminals too narrow for both beside each other."""
    shown = cell(name)
    if len(shown) > LONGEST_NAME:
        half = LONGEST_NAME // 2
        shown = Text(f"{shown.plain[:half]}…{shown.plain[1 - half :]}")
    return shown.append("\n").append(cell(id, "dim"))


def status_text(status: str) -> Text:
    """A status in its colour."""
    return cell(status, STYLES.get(status, ""))


def decision_text(decision: str | None) -> Text:
    """A decision in its colour."""
    return cell(decision, {"approve": "green", "review": "yellow", "reject": "magenta"}.get(decision or "", ""))


def statuses_text(statuses: Iterable[str] | Mapping[str, int]) -> str:
    """How many have which status, of a list or of counts: ``5 approved, 1 waits for review``."""
    counts = +Counter(statuses)
    words = {"review": ("waits for review", "wait for review")}
    order = [name for name in STYLES if name in counts] + sorted(set(counts) - set(STYLES))
    return ", ".join(counted(counts[name], *words.get(name, (name, name))) for name in order)


def settle_commands(id: str) -> list[str]:
    """The answers to an execution that waits, as commands."""
    answers = (f"approve {id}", f'reject {id} --reason "…"', f"correct {id} FIELD=VALUE")
    return [f"counterfoil review {answer}" for answer in answers]


def moment(at: datetime | None) -> str:
    """A time in the reader's zone."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else ""


def print_json(value: Any) -> None:
    """Print one JSON document: money as strings, times in ISO 8601, all beyond ASCII escaped."""
    print(json.dumps(value, indent=2, default=_plain))


def _plain(value: object) -> object:
    from pydantic import BaseModel

    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def summary(execution: Execution) -> dict[str, Any]:
    """An execution for programs, without what `show` adds."""
    return execution.model_dump(exclude={"result", "steps", "findings", "reviews"})
