"""The runtime of Temporal's SDK in a worker: its logs join ours, and its metrics are served at a port of the loopback."""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from infra.settings import LOOPBACK

_TRIES = 20
_QUEUE_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
"""Buckets of the time tasks wait in their queue. The SDK's own leave nothing between 10 s and 100 s."""


@dataclass(frozen=True)
class WorkerRuntime:
    """The runtime, to connect with, and where its metrics are."""

    runtime: Runtime
    metrics_url: str


def start_runtime() -> WorkerRuntime:
    """Start the runtime of this process.

    Raises:
        ValueError: no port of the loopback address is to be had.
    """
    for left in reversed(range(_TRIES)):
        with socket.create_server((LOOPBACK, 0)) as unused:
            address = f"{LOOPBACK}:{unused.getsockname()[1]}"
        try:
            runtime = Runtime(telemetry=_telemetry(address))
        except ValueError:  # the SDK takes no socket, so another process may have taken the port meanwhile
            if not left:
                raise
        else:
            return WorkerRuntime(runtime, f"http://{address}/metrics")
    raise AssertionError("unreachable")


def _telemetry(address: str) -> TelemetryConfig:
    latencies = ("temporal_activity_schedule_to_start_latency", "temporal_workflow_task_schedule_to_start_latency")
    return TelemetryConfig(
        logging=LoggingConfig(
            TelemetryFilter(core_level="WARN", other_level="ERROR"),
            # Without the fields: a failure among them has a message, and that may repeat what a document says.
            forwarding=LogForwardingConfig(
                logging.getLogger("temporalio"), append_log_fields_to_message=False, prepend_target_on_message=False
            ),
        ),
        metrics=PrometheusConfig(
            address,
            counters_total_suffix=True,
            unit_suffix=True,
            durations_as_seconds=True,
            histogram_bucket_overrides=dict.fromkeys(latencies, _QUEUE_SECONDS),
        ),
    )
