"""The command line, ``counterfoil``: one module for each command or group of commands.

A module imports what is heavy inside its commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from workers.cli import (
    batch,
    check,
    cost,
    demo,
    export,
    orders,
    page,
    policy,
    retry,
    review,
    rules,
    score,
    show,
    status,
    submit,
    vendors,
    watch,
)

STACK_PANEL = "The stack on this machine"
STACK_COMMANDS = {
    "up": "Start the local stack: Temporal, Phoenix, the model server and the worker.",
    "down": "Stop every part that up started.",
    "doctor": "Say how every part is and what to do next.",
    "logs": "Print the end of a part's log, or of all logs.",
}
"""The commands of `workers.cli.stack` for the list of commands; the module itself is loaded when one is called."""


class _Commands(TyperGroup):
    """The commands; those of the stack are loaded when one of them is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*STACK_COMMANDS, *(name for name in self.commands if name not in STACK_COMMANDS)]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in STACK_COMMANDS:
            self._load_stack()
        return super().resolve_command(ctx, args)

    def _load_stack(self) -> None:
        from workers.cli import stack

        loaded = typer.Typer()
        loaded.callback()(lambda: None)  # a Typer of several commands, even if it had but one
        stack.register(loaded)
        group: Any = typer.main.get_group(loaded)
        self.commands.update(group.commands)


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
def _main() -> None:
    pass


for _name, _help in STACK_COMMANDS.items():
    app.command(_name, help=_help, rich_help_panel=STACK_PANEL)(lambda: None)
for _module in (
    demo, score, submit, watch, status, batch, retry, show, page, review, export, cost, check, rules, vendors, orders, policy,
):  # fmt: skip
    _module.register(app)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")  # a narrow terminal encoding is no reason to end with a traceback
    app()


if __name__ == "__main__":
    main()
