"""What the commands of the master data share: whose it is, reading a file, and saying what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from workers.cli._console import Problem, cell, err, made_settings, out, print_json
from workers.office.wording import counted

if TYPE_CHECKING:
    from workers.master import Read

T = TypeVar("T")
MOST_SHOWN = 30
"""Bad rows that are listed; of more the number is told."""

TenantOption = Annotated[str | None, typer.Option("--tenant", help="Whose.", show_default="the setting tenant")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV in UTF-8, or JSON where it ends in .json.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Write it there.", show_default="standard output")]
SkipBadOption = Annotated[
    bool, typer.Option("--skip-bad", help="Import the good rows where others are bad; the exit code stays 1.")
]


def the_tenant(given: str | None) -> str:
    """The tenant that is meant.

    Raises:
        Problem: none can be called so.
    """
    from workers.intake import BadSubmission, checked_name

    try:
        return checked_name("tenant", made_settings().tenant if given is None else given)
    except BadSubmission as error:
        raise Problem(str(error), code=2) from error


def good_records(read: Callable[[], Read[T]], *, skip_bad: bool, as_json: bool) -> tuple[list[T], list[Any]]:
    """The records to import, and what is wrong with the rows that are left out, which is told.

    Raises:
        Exit: with code 1, where rows are bad and ``skip_bad`` is not given: nothing is imported.
    """
    found = read()
    if not as_json:
        for one in found.problems[:MOST_SHOWN]:
            err().print(cell(one, "yellow" if skip_bad else "red"), soft_wrap=True)
        if len(found.problems) > MOST_SHOWN:
            err().print(f"and {len(found.problems) - MOST_SHOWN} more", soft_wrap=True)
    if found.problems and not skip_bad:
        if as_json:
            print_json({"imported": 0, "problems": found.problems})
        else:
            said = f"{counted(len(found.problems), 'problem')}: nothing was imported. Mend them, or import the rest with --skip-bad"
            err().print(cell(said, "red"), soft_wrap=True)
        raise typer.Exit(1)
    return found.records, list(found.problems)


def give_csv(written: str, to: Path | None, said: str) -> None:
    """Write CSV to a file, with the mark spreadsheets look for, and say so; or print it.

    Raises:
        Problem: the file cannot be written.
    """
    if to is None:
        print(written.replace("\r\n", "\n"), end="")
        return
    try:
        to.write_text(written, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Problem(f"{to} cannot be written: {error.strerror or error}") from error
    out().print(cell(f"{said} in {to}"), soft_wrap=True)


def changes(new: int, changed: int, given: Sequence[object]) -> str:
    """``2 new, 1 changed, 9 as they were``."""
    counts = ((new, "new"), (changed, "changed"), (len(given) - new - changed, "as they were"))
    return ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing"
