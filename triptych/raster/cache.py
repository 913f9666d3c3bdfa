"""A thread-safe cache bounded by bytes; concurrent callers share one computation."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar, cast

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Cell(Generic[V]):
    """A value that may still be computed (a Future would import `logging`)."""

    def __init__(self) -> None:
        self._made = threading.Event()
        self._value: V | None = None
        self._error: BaseException | None = None

    @property
    def done(self) -> bool:
        return self._made.is_set() and self._error is None

    def set(self, value: V) -> None:
        self._value = value
        self._made.set()

    def fail(self, error: BaseException) -> None:
        self._error = error
        self._made.set()

    def result(self) -> V:
        """Wait for the value and return it, or raise the error of its computation."""
        self._made.wait()
        if self._error is not None:
            raise self._error
        return cast("V", self._value)


class ByteCache(Generic[K, V]):
    """Values by key; evicts the least recently used first. Safe to share by threads.

    A caller that asks for a value that another thread computes waits for it.
    """

    def __init__(self, room: int, weight: Callable[[V], int] = lambda _: 1) -> None:
        self.room = room  # in the unit of `weight`; the newest value is never evicted
        self._weight = weight
        self._kept: OrderedDict[K, _Cell[V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of `key`, computed with `make` on a miss; raise its errors."""
        mine = _Cell[V]()
        with self._lock:
            found = self._kept.setdefault(key, mine)
            self._kept.move_to_end(key)
        if found is not mine:
            return found.result()
        try:
            value = make()
        except BaseException as error:
            self._discard(key, mine)
            mine.fail(error)
            raise
        mine.set(value)
        self._evict()
        return value

    def _discard(self, key: K, mine: _Cell[V]) -> None:
        with self._lock:
            if self._kept.get(key) is mine:
                del self._kept[key]

    def _evict(self) -> None:
        """Evict the oldest finished values until the rest fits."""
        with self._lock:
            done = [(k, self._weight(f.result())) for k, f in self._kept.items() if f.done]
            total = sum(weight for _, weight in done)
            for key, weight in done[:-1]:
                if total <= self.room:
                    break
                del self._kept[key]
                total -= weight

    def clear(self) -> None:
        """Evict everything that is not being computed."""
        with self._lock:
            for key in [k for k, f in self._kept.items() if f.done]:
                del self._kept[key]
