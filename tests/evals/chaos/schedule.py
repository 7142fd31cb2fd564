"""When which part is struck, and for how long it stays down: drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What can be struck: killed, or in the case of a ledger in a file locked by another process."""

    WORKER = "worker"
    ENDPOINT = "endpoint"
    PHOENIX = "Phoenix"
    TEMPORAL = "Temporal"
    LEDGER = "ledger"


@dataclass(frozen=True)
class Blow:
    """Parts struck at the same moment, ``after`` seconds since the blow before; and the seconds each then stays down.
    It does not fall before the endpoint has been paid for ``paid`` answers."""

    after: float
    down: dict[Part, float]
    paid: int = 0


_BETWEEN_SECONDS = (1.0, 6.0)
_DOWN_SECONDS = (0.5, 8.0)
_TOGETHER = 0.3
"""Share of the blows that strike two parts."""


def drawn(seed: int, times: int) -> list[Blow]:
    """Blows that strike each part that many ``times``, some of them two parts at once; the same for the same ``seed``."""
    dice = random.Random(seed)
    left = [part for part in Part for _ in range(times)]
    dice.shuffle(left)
    blows = []
    while left:
        parts = {left.pop()}
        other = [part for part in left if part not in parts]
        if other and dice.random() < _TOGETHER:
            parts.add(other[-1])
            left.remove(other[-1])
        down = {part: dice.uniform(*_DOWN_SECONDS) for part in sorted(parts)}
        blows.append(Blow(dice.uniform(*_BETWEEN_SECONDS), down))
    return blows
