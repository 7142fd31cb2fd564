"""Connecting to Temporal: one client for the worker and the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio.client import Client, Plugin
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfigProfile
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from infra.settings import Settings


class TemporalUnreachable(Exception):
    """No Temporal frontend answers at the address."""


async def connect(
    settings: Settings, *, plugins: Sequence[Plugin] = (), runtime: Runtime | None = None, seconds: float = 10
) -> Client:
    """Connect to Temporal: address and namespace from the settings; TLS and API key from Temporal's own environment
    variables and profile (`temporalio.envconfig`). ``runtime`` says where the SDK's logs and metrics go.

    Raises:
        TemporalUnreachable: nothing answered within ``seconds``.
    """
    config = ClientConfigProfile.load().to_client_connect_config()
    config["target_host"] = settings.temporal_target
    config["namespace"] = settings.temporal_namespace
    try:
        async with asyncio.timeout(seconds):
            return await Client.connect(
                **config, data_converter=pydantic_data_converter, plugins=list(plugins), runtime=runtime
            )
    except (RuntimeError, RPCError, TimeoutError) as error:
        raise TemporalUnreachable(
            f"no Temporal server answers at {settings.temporal_target}. Start the local stack with `counterfoil up`, "
            "or set COUNTERFOIL_TEMPORAL_ADDRESS"
        ) from error
