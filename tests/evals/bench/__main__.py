"""``python -m tests.evals.bench``: what Counterfoil costs, measured beside peers that do the same job, in one run.

a  Counterfoil with and without Phoenix, beside the agent's graph alone: documents and calls a second, latency, CPU a call
b  the same job as plain LangGraph on each checkpointer, as DBOS steps, as Temporal written by hand; and after a kill
c  saturation: our calls a second over those of a bare client, at an endpoint with a fixed service rate
d  batches of growing size: time, memory, history, bytes
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.evals.bench import kills, machine, report, saturation, scale
from tests.evals.bench.comparison import Starter, compare, summary
from tests.evals.bench.contender import Contender
from tests.evals.bench.counterfoil import Counterfoil, CounterfoilLooking, CounterfoilUntraced
from tests.evals.bench.job import AT_ONCE, AT_ONCE_OPEN, FIXED_RATE, Endpoint
from tests.evals.bench.peers import PEERS
from tests.stack import PhoenixServer


def main() -> None:
    """Measure what is asked for; print tables; write JSON and a picture."""
    given = _arguments()
    console = Console()
    figures: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine.described(),
        "arguments": {name: str(value) for name, value in vars(given).items()},
    }
    report.print_machine(console, figures["machine"])
    with Endpoint() as endpoint, ExitStack() as stack:
        if given.only & {"a", "b"}:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            phoenix = stack.enter_context(PhoenixServer(folder))
            figures |= _comparison(given, endpoint, phoenix, console)
            report.print_comparison(console, figures["comparison"], Counterfoil.name)
        if "b" in given.only:
            figures["kills"] = kills.measure(endpoint, given.kill_documents, _say(console))
            report.print_kills(console, figures["kills"])
        if "c" in given.only:
            figures["saturation"] = saturation.measure(endpoint, given.calls, given.rounds, _say(console))
            report.print_saturation(console, figures["saturation"])
        if "d" in given.only:
            figures["scale"] = scale.measure(endpoint, given.sizes, _say(console))
            report.print_scale(console, figures["scale"])
    if given.json:
        report.write_json(given.json, figures)
    if given.plot:
        report.write_plot(given.plot, figures)


def _comparison(
    given: argparse.Namespace, endpoint: Endpoint, phoenix: PhoenixServer, console: Console
) -> dict[str, Any]:
    ours = [Counterfoil, CounterfoilUntraced, CounterfoilLooking]
    contenders: list[type[Contender]] = [*ours, *(PEERS if "b" in given.only else PEERS[:1])]
    starters: list[Starter] = [
        lambda home, at: Counterfoil(home, at, phoenix=phoenix),
        lambda home, at: CounterfoilUntraced(home, at, phoenix=None),
        lambda home, at: CounterfoilLooking(home, at, phoenix=None),
        *contenders[len(ours) :],
    ]
    measured = compare(
        list(zip([contender.name for contender in contenders], starters, strict=True)),
        [AT_ONCE] if given.quick else [AT_ONCE, AT_ONCE_OPEN, FIXED_RATE],
        endpoint,
        documents=given.documents,
        rounds=given.rounds,
        say=_say(console),
    )
    return {
        "contenders": {
            contender.name: {"how": contender.how, "durability": contender.durability} for contender in contenders
        },
        "comparison": summary(measured, Counterfoil.name),
        "comparison_rounds": [vars(run) for run in measured],
    }


def _say(console: Console) -> Any:
    return lambda text: console.print(f"[dim]{datetime.now():%X} {text}[/dim]", highlight=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.evals.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", type=_parts, default=_parts("a,b,c,d"), help="parts to run, like a,c")
    parser.add_argument("--rounds", type=int, default=3, help="of a, b and c; medians are reported")
    parser.add_argument("--documents", type=int, default=60, help="of one run in a and b")
    parser.add_argument("--kill-documents", type=int, default=40, help="of one run that is killed, in b")
    parser.add_argument("--calls", type=int, default=360, help="of one run in c")
    parser.add_argument("--sizes", type=_sizes, default=_sizes("100,1000,10000"), help="of the batches in d")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--plot", type=Path, help="write a picture (PNG) to this file")
    parser.add_argument("--quick", action="store_true", help="one short round of everything, to see that it runs")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.documents, given.kill_documents, given.calls, given.sizes = 1, 8, 8, 60, [20]
    return given


def _parts(text: str) -> set[str]:
    parts = set(text.split(","))
    if unknown := parts - set("abcd"):
        raise argparse.ArgumentTypeError(f"there is no part {', '.join(sorted(unknown))}: give some of a,b,c,d")
    return parts


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


if __name__ == "__main__":
    main()
