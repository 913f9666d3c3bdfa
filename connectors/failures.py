"""What a client on httpx raises when the line or the other side fails.

For rooms that use such a client (Prefect's) without being of the network themselves.
"""

from httpx import HTTPError

LINE_FAILURES: tuple[type[Exception], ...] = (HTTPError, OSError)
