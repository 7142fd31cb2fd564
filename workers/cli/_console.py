"""How the command line speaks: results on standard output, all else on standard error, errors as one sentence.

What documents say is untrusted: it reaches a terminal only through `clean`, and never as markup.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.office.wording import clean, counted

if TYPE_CHECKING:
    from infra.ledger import Ledger
    from infra.records import DecidedBy, Execution, Finding
    from infra.settings import Settings

T = TypeVar("T")

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


class Problem(Exception):
    """What ends a command, said as one sentence with the next step. ``code`` 2 means it was called wrongly."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def failing_clearly() -> Iterator[None]:
    """Turn foreseeable errors into their sentence on standard error and the exit code; others pass."""
    try:
        yield
    except (typer.Exit, KeyboardInterrupt):
        raise
    except Exception as error:
        said = told(error)
        if said is None:
            raise
        err().print(Text(clean(said), "red"), soft_wrap=True)
        raise typer.Exit(error.code if isinstance(error, Problem) else 1) from None


def told(error: Exception) -> str | None:
    """What to say of a foreseeable error; None for one that is a fault of this program."""
    if isinstance(error, Problem):
        return str(error)
    from pydantic import ValidationError
    from pydantic_settings import SettingsError
    from sqlalchemy.exc import SQLAlchemyError
    from temporalio.service import RPCError

    from infra.failures import Failure
    from infra.ledger import LedgerNotReady
    from infra.telemetry.phoenix import PhoenixError
    from infra.temporal.connect import TemporalUnreachable

    if isinstance(error, (TemporalUnreachable, LedgerNotReady, PhoenixError, Failure)):
        return str(error)
    if isinstance(error, ValidationError) and error.title == "Settings":
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        return f"the settings cannot be read: {wrong}. Look at the COUNTERFOIL_… variables and counterfoil.toml"
    if isinstance(error, SettingsError):
        return f"the settings cannot be read: {error}. Look at the COUNTERFOIL_… variables and counterfoil.toml"
    if isinstance(error, SQLAlchemyError):
        return f"the ledger did not answer: {getattr(error, 'orig', None) or error}. See `counterfoil doctor`"
    if isinstance(error, RPCError):
        return f"Temporal did not do what was asked: {error.message or error.status.name}. See `counterfoil doctor`"
    return None


def made_settings() -> Settings:
    """The settings of this process."""
    from infra.settings import settings

    return settings()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's asynchronous part."""
    return asyncio.run(work)


@asynccontextmanager
async def opened_ledger() -> AsyncIterator[Ledger]:
    """The ledger of the settings."""
    from infra.ledger import Ledger

    try:
        ledger = Ledger(made_settings().ledger)
    except ValueError as error:
        raise Problem(f"{error} (COUNTERFOIL_LEDGER_URL)") from error
    async with ledger:
        yield ledger


async def the_execution(ledger: Ledger, meant: str, tenant: str | None = None) -> Execution:
    """The one execution a person means, with its steps, findings and reviews.

    Raises:
        Problem: there is none, or there are several; the message names them.
    """
    found = await ledger.find_execution(meant, tenant)
    if not found:
        raise Problem(f"no execution is known under {meant!r}. `counterfoil status` lists them")
    if len(found) > 1:
        shown = "\n".join(f"  {e.id}  {e.status.value:<8}  {clean(e.name)}" for e in found[:20])
        more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
        raise Problem(f"{meant!r} may mean any of {len(found)} executions; give one's id:\n{shown}{more}")
    whole = await ledger.execution(found[0].id)
    assert whole
    return whole


async def the_batch(ledger: Ledger, name: str, tenant: str | None = None) -> tuple[str, str]:
    """Tenant and name of the one batch a person means.

    Raises:
        Problem: there is none, with the names nearest to it; or several tenants have one.
    """
    known = await ledger.batches(tenant)
    tenants = [one.tenant for one in known if one.batch == name]
    if len(tenants) == 1:
        return tenants[0], name
    if tenants:
        raise Problem(
            f"several tenants have a batch {name}: {', '.join(sorted(tenants))}. Say which with --tenant", code=2
        )
    only_refused = tenant or made_settings().tenant
    if await ledger.refused(tenant=only_refused, batch=name):
        return only_refused, name
    near = get_close_matches(name, {one.batch: None for one in known})
    meant = f" Is it {' or '.join(near)}?" if near else ""
    of = f" of tenant {tenant}" if tenant is not None else ""
    raise Problem(f"there is no batch {clean(name, lines=False)!r}{of}.{meant} `counterfoil batch list` lists them")


def out() -> Console:
    """Standard output."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error."""
    return _console(stderr=True)


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
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name in columns:
        numbers = name in right
        made.add_column(name, justify="right" if numbers else "left", no_wrap=numbers or name in whole, overflow="fold")
    return made


def add_row(made: Table, *values: object) -> None:
    """Add a row of plain values or `Text`."""
    made.add_row(*(value if isinstance(value, Text) else cell(value) for value in values))


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


def decided_by_text(decided_by: DecidedBy) -> str:
    """Who said what a finding says: ``rule``, ``model small: qwen2.5 (vat-note@3f2a)``, ``person anna``."""
    by = decided_by
    if by.by == "model":
        said = f"model {by.tier or '?'}: {by.model or '?'} ({by.prompt_version or '?'})"
    else:
        said = f"{by.by} {by.name}" if by.name else by.by
    return f"{said}; accepted by {by.accepted_by}" if by.accepted_by else said


def evidence_text(finding: Finding) -> str:
    """What a finding rests on, shortly: the quote and its page, both numbers, the places it speaks of."""
    given = finding.evidence
    parts = []
    if quote := given.get("quote"):
        page = f" (page {given['page']})" if given.get("page") else ""
        parts.append(f"“{shortened(str(quote))}”{page}")
    numbers = [f"{name} {given[name]}" for name in ("expected", "found") if given.get(name) is not None]
    parts += [", ".join(numbers)] if numbers else []
    terms = given.get("terms")
    if isinstance(terms, Mapping):
        parts += [", ".join(f"{term} {value}" for term, value in list(terms.items())[:6])]
    parts += [str(given[name]) for name in ("location", "execution_id") if given.get(name)]
    parts += [] if parts else finding.fields[:4]
    return "; ".join(part for part in parts if part)


def amount_text(amount: Decimal | None, currency: str | None) -> str:
    """A document's amount, with all its digits and at least two behind the point."""
    if amount is None:
        return ""
    exponent = amount.as_tuple().exponent
    digits = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:,.{digits}f} {currency or ''}".rstrip()


def statuses_text(statuses: Iterable[str] | Mapping[str, int]) -> str:
    """How many have which status, of a list or of counts: ``5 approved, 1 waits for review``."""
    counts = +Counter(statuses)
    words = {"review": ("waits for review", "wait for review")}
    order = [name for name in STYLES if name in counts] + sorted(set(counts) - set(STYLES))
    return ", ".join(counted(counts[name], *words.get(name, (name, name))) for name in order)


def no_execution(batch: str | None, tenant: str | None, status: str | None = None) -> str:
    """Why a list is empty, where filters were given."""
    of = f" with status {status}" if status else ""
    of += f" of tenant {tenant}" if tenant is not None else ""
    of += f" in batch {batch}" if batch is not None else ""
    return f"no execution{of}; `counterfoil status` lists all"


def settle_commands(id: str) -> list[str]:
    """The answers to an execution that waits, as commands."""
    answers = (f"approve {id}", f'reject {id} --reason "…"', f"correct {id} FIELD=VALUE")
    return [f"counterfoil review {answer}" for answer in answers]


def shortened(text: str, longest: int = 120) -> str:
    """Text of at most so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


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


def temporal_link(made: Settings, execution_id: str) -> str:
    """Address of an execution in Temporal's UI."""
    from urllib.parse import quote

    return f"{made.temporal_ui}/namespaces/{made.temporal_namespace}/workflows/{quote(execution_id, safe='')}"


def phoenix_link(made: Settings, execution: Execution) -> str | None:
    """Address of an execution's trace in Phoenix."""
    from infra.telemetry.phoenix import trace_link

    return trace_link(made, execution.trace_id) if execution.trace_id else None
