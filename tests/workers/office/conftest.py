"""The homes and the stack that the command line is tested with."""

from tests.workers.cli.conftest import empty_home, home, migrated, stack, temporal

__all__ = ["empty_home", "home", "migrated", "stack", "temporal"]
