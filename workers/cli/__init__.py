"""The command line, ``counterfoil``: one module for each command or group of commands.

It shows; what is done stands in `workers.office`. A command's module is loaded when the command is called, or its help is
asked for, and imports what is heavy when it runs: so that the list of commands, and what only reads, answer at once.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from infra.settings_file import CONFIG, untrusted_file
from workers.cli._console import clearly, warn

MODULES = {
    **dict.fromkeys(("up", "down", "doctor", "logs"), "stack"),
    **{
        name: name for name in ("demo", "score", "submit", "watch", "status", "retry", "show", "page", "export", "cost")
    },
    **{name: name for name in ("check", "batch", "review", "rules", "vendors", "issuers", "orders", "policy", "trust")},
}
"""Commands, in the order in which help lists them, and the modules of this package that have them as ``register`` adds them."""


class _Commands(TyperGroup):
    """The commands, each loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.commands:
            # Of a name that is none all are loaded, from which the one that may be meant is told.
            for module in [MODULES[cmd_name]] if cmd_name in MODULES else dict.fromkeys(MODULES.values()):
                self._load(module)
        return self.commands.get(cmd_name)

    def _load(self, module: str) -> None:
        loaded = typer.Typer(rich_markup_mode=self.rich_markup_mode)
        loaded.callback()(lambda: None)  # a Typer of several commands, even where it has but one
        import_module(f"workers.cli.{module}").register(loaded)
        commands = typer.main.get_group(loaded).commands
        for command in commands.values():
            for each in [command, *getattr(command, "commands", {}).values()]:
                each.callback = each.callback and clearly(each.callback)
        self.commands.update(commands)


app = typer.Typer(
    name="counterfoil",
    cls=_Commands,
    help="Runs agents over back-office documents and keeps a stub of every execution: what was decided, on which "
    "evidence, by which model, and what it cost.",
    epilog="Begin with:  counterfoil up  then  counterfoil demo.  Exit codes: 0 well, 1 a problem, 2 called wrongly, "
    "130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _main(
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Read settings from this file.", exists=True, dir_okay=False, readable=True),
    ] = None,
) -> None:
    if config is not None:
        os.environ[CONFIG] = str(config.absolute())  # for all that this command starts, too
    elif left := untrusted_file():
        warn(f"{left} was not read: if you know what it says, `counterfoil trust` here")


def main() -> None:
    """The console script."""
    # Nearly all that a command makes before it answers are modules, which stay: a fifth of its time would go into looking
    # through them for garbage.
    gc.set_threshold(100_000)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")  # a narrow terminal encoding is no reason to end with a traceback
    app()


if __name__ == "__main__":
    main()
