"""The local stack: Temporal, Phoenix, a model server and the worker on one machine, under one supervisor."""

from infra.local._report import PARTS, PartStatus, Progress, Report, StackError
from infra.local._stack import doctor, down, log_files, restart, signal, up

__all__ = [
    "PARTS",
    "PartStatus",
    "Progress",
    "Report",
    "StackError",
    "doctor",
    "down",
    "log_files",
    "restart",
    "signal",
    "up",
]
