"""One line for each message that came, also for those that were refused."""

import json
import time
from collections.abc import Callable

MAX_PER_MINUTE = 120  # lines; who floods the receiver must not fill the disk
MAX_CHARACTERS = 160  # of a name or an id that a sender chose


class MessageLog:
    """Writes lines with time, status, workflow, message id, and run or reason.

    No body and no signature is written.
    """

    def __init__(
        self, write: Callable[[str], None], clock: Callable[[], float] = time.time
    ) -> None:
        self.write, self.clock = write, clock
        self.minute = 0
        self.lines = 0

    def add(self, status: int, workflow: str, message_id: str, result: str) -> None:
        """Write a line about a message; beyond the limit, one line about all the others."""
        now = self.clock()
        if int(now // 60) != self.minute:
            self.minute, self.lines = int(now // 60), 0
        self.lines += 1
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now))
        if self.lines <= MAX_PER_MINUTE:
            parts = (_quoted(workflow), _quoted(message_id), _quoted(result))
            self.write(f"{stamp} {status} {' '.join(parts)}")
        elif self.lines == MAX_PER_MINUTE + 1:
            self.write(f"{stamp} more than {MAX_PER_MINUTE} in this minute: not logged")


def _quoted(text: str) -> str:
    """Return what a sender chose so that it can neither break a line nor fill one."""
    short = text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}…"
    return json.dumps(short)
