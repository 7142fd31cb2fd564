"""``counterfoil trust``: settings and homes in folders that are yours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.cli._console import say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EPILOG)(trust)


EPILOG = """\
Examples:

  counterfoil trust                     use the counterfoil.toml of this folder, as it is now, and its .counterfoil

  counterfoil trust --no-longer work    no longer use what is in work
"""


def trust(
    folder: Annotated[Path, typer.Argument(help="Where they are.")] = Path(),
    no_longer: Annotated[bool, typer.Option("--no-longer", help="Do not use them any more.")] = False,
) -> None:
    """Use a folder's counterfoil.toml when you stand in it, and its .counterfoil when you stand in or below it.

    The one may say where documents are sent, the other is a home with a ledger: what came with a folder from elsewhere is not
    used until you say so. What counterfoil made for you is known already.
    """
    from infra import home, settings_file
    from infra.trusted import NotTrusted

    if no_longer:
        were = [settings_file.distrust(folder), home.distrust(folder)]
        say("it is no longer used" if any(were) else "it was not trusted before")
        return
    file, found = settings_file.trust(folder), home.trust(folder)
    if not file and not found:
        raise NotTrusted(
            f"{folder.resolve()} has neither a {settings_file.NAME} nor a {home.NAME}: name a folder that has"
        )
    if file:
        say(f"{file} is read from now on, as long as it stays as it is")
    if found:
        say(f"{found} is your home from now on, where you stand in its folder or below")
