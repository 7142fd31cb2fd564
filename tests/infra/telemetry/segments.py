"""What outboxes keep on the disk, counted."""

from __future__ import annotations

from pathlib import Path

from infra.telemetry._segments import SUFFIX, records_in


def on_disk(folder: Path) -> tuple[int, int]:
    """Records, and bytes, that all processes together keep in ``folder``: those not yet sent, and those sent so lately
    that they may have to be sent again."""
    segments = [path.read_bytes() for path in folder.glob(f"*{SUFFIX}")]
    return sum(len(list(records_in(data))) for data in segments), sum(len(data) for data in segments)
