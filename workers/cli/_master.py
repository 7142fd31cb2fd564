"""What the commands of the master data share: their options, telling what an import came to, and giving CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from workers.cli._console import print_json, say, warn
from workers.office.errors import CannotDo, WronglyAsked
from workers.office.wording import counted

if TYPE_CHECKING:
    from workers.office.importing import Imported

T = TypeVar("T")
MOST_SHOWN = 30
"""Bad rows that are listed; of more the number is told."""

TenantOption = Annotated[str | None, typer.Option("--tenant", help="Whose.", show_default="the setting tenant")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV in UTF-8, or JSON where it ends in .json.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Write it there.", show_default="standard output")]
SkipBadOption = Annotated[
    bool, typer.Option("--skip-bad", help="Import the good rows where others are bad; the exit code stays 1.")
]


def tell_problems(imported: Imported[Any], *, skip_bad: bool, as_json: bool) -> None:
    """What is wrong with the rows that are left out, and what is worth a look in the others.

    Raises:
        Exit: with code 1, where nothing was imported for that.
    """
    problems = imported.problems
    if not as_json:
        for told in imported.told[:MOST_SHOWN]:
            warn(told, "yellow")
        for problem in problems[:MOST_SHOWN]:
            warn(problem, "yellow" if skip_bad else "red")
        if len(problems) > MOST_SHOWN:
            warn(f"and {len(problems) - MOST_SHOWN} more")
    if problems and not skip_bad:
        if as_json:
            print_json({"imported": 0, "problems": problems})
        else:
            number = counted(len(problems), "problem")
            warn(f"{number}: nothing was imported. Mend them, or import the rest with --skip-bad", "red")
        raise typer.Exit(1)


def one_output(as_json: bool, file: Path | None) -> None:
    """See that JSON is not asked for in a file.

    Raises:
        WronglyAsked: it is.
    """
    if as_json and file is not None:
        raise WronglyAsked("--json prints to standard output; leave out --out, or write `--json > FILE`")


def give_csv(written: str, to: Path | None, what: str) -> None:
    """Write CSV to a file, with the mark spreadsheets look for, and say so; or print it.

    Raises:
        CannotDo: the file cannot be written.
    """
    if to is None:
        print(written.replace("\r\n", "\n"), end="")
        return
    try:
        to.write_text(written, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise CannotDo(f"{to} cannot be written: {error.strerror or error}") from error
    say(f"{what} in {to}")


def changes(imported: Imported[Any]) -> str:
    """``2 new, 1 changed, 9 as they were``."""
    new, changed = imported.new, len(imported.changed)
    counts = ((new, "new"), (changed, "changed"), (len(imported.kept) - new - changed, "as they were"))
    return ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing"
