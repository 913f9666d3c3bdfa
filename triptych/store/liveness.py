"""Whether a run still runs: its process lives, or holds the lease of the run's name.

The process is looked up where the run was started. Elsewhere, and for runs that do not
name their process, the lease decides: in an object store it expires, in a folder the
system releases it.
"""

import functools
import socket

from triptych.store.contract import Leases, Process, Run

SAME = 2.0  # seconds: start times of one process, read twice, differ by less


@functools.cache
def this_process() -> Process:
    """Return the process that asks."""
    import os

    import psutil

    pid = os.getpid()
    return Process(socket.gethostname(), pid, psutil.Process(pid).create_time())


def run_lease(run_id: str) -> str:
    """Return the name of the lease that the process of a run holds."""
    return f"run-{run_id}"


def is_gone(process: Process) -> bool:
    """Return whether `process`, one of this machine's, has ended."""
    import psutil

    try:
        found = psutil.Process(process.pid)
        started = found.create_time()
        zombie = found.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
    return zombie or abs(started - process.started) > SAME


def state_of(store: Leases, run: Run) -> str:
    """Return the run's state; "interrupted" if its process ended before it did."""
    if run.state != "running" or store.is_held(run_lease(run.id)):
        return run.state
    here = run.process is not None and run.process.host == socket.gethostname()
    if here and run.process is not None and not is_gone(run.process):
        return run.state  # e.g. on a system without locks
    return "interrupted"
