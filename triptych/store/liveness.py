"""Which process makes a run, and whether it is still there."""

import functools
import socket

from triptych.store.contract import Process, Run

SAME = 2.0  # seconds: start times of one process, read twice, differ by less


@functools.cache
def this_process() -> Process:
    """Return the process that asks."""
    import os

    import psutil

    pid = os.getpid()
    return Process(socket.gethostname(), pid, psutil.Process(pid).create_time())


def is_gone(process: Process) -> bool:
    """Return whether `process` has ended. One on another machine is believed to run."""
    if process.host != socket.gethostname():
        return False
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


def state_of(run: Run) -> str:
    """Return the run's state; "interrupted" if its process ended before it did."""
    if run.state == "running" and run.process is not None and is_gone(run.process):
        return "interrupted"
    return run.state
