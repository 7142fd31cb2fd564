"""``python -m workers.cli``: the command line where the package is not installed."""

from workers.cli import main

main()
