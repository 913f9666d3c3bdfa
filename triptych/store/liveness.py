"""Whether a run still runs: its process lives, or holds the lease of the run's name.

The process is looked up where the run was started. Elsewhere, and for runs that do not
name their process, the lease decides: in an object store it expires, in a folder the
system releases it.
"""

from triptych.store.contract import Leases, Run


def run_lease(run_id: str) -> str:
    """Return the name of the lease that the process of a run holds."""
    return f"run-{run_id}"


def state_of(store: Leases, run: Run) -> str:
    """Return the run's state; "interrupted" if its process ended before it did."""
    if run.state != "running" or store.is_held(run_lease(run.id)):
        return run.state
    if run.process is not None and run.process.is_alive():
        return run.state  # e.g. on a system without locks
    return "interrupted"
