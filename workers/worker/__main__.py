"""``python -m workers.worker``. A file of its own, since a process that is spawned imports the module that was run, but no
``__main__`` of a package: what the process that judges needs is far less than a worker.
"""

from workers.worker import main

main()
