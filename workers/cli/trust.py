"""``counterfoil trust``: settings in a folder that are yours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.cli._console import out


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EPILOG)(trust)


EPILOG = """\
Examples:

  counterfoil trust                     read the counterfoil.toml of this folder, as it is now

  counterfoil trust --no-longer work    no longer read the one in work
"""


def trust(
    folder: Annotated[Path, typer.Argument(help="Where the file is.")] = Path(),
    no_longer: Annotated[bool, typer.Option("--no-longer", help="Do not read it any more.")] = False,
) -> None:
    """Read settings from a folder's counterfoil.toml when you stand in it.

    It may say where documents are sent: one that came with a folder from elsewhere is not read until you say so.
    """
    from infra.settings_file import distrust
    from infra.settings_file import trust as take

    if no_longer:
        was = distrust(folder)
        out().print("it is no longer read" if was else "it was not trusted before")
        return
    path = take(folder)
    out().print(f"{path} is read from now on, as long as it stays as it is", soft_wrap=True)
