import threading
import time
from typing import Any

import pytest

from triptych.raster import ByteCache


def noting(made: list[Any], value: Any) -> Any:
    made.append(value)
    return value


def test_a_value_is_made_once() -> None:
    shelf, made = ByteCache[str, int](room=3), list[int]()
    for _ in range(3):
        assert shelf.get("a", lambda: noting(made, 7)) == 7
    assert made == [7]


def test_threads_wait_for_the_one_that_makes_it() -> None:
    shelf, made, found = ByteCache[str, int](room=3), list[int](), list[int]()

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return 5

    threads = [
        threading.Thread(target=lambda: found.append(shelf.get("a", make)))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, made) == ([5] * 5, [1])


def test_the_least_recently_used_is_given_up_first() -> None:
    shelf, made = ByteCache[str, str](room=2), list[str]()

    def get(key: str) -> None:
        shelf.get(key, lambda: noting(made, key))

    for key in "abacab":
        get(key)
    assert "".join(made) == "abcb"


def test_weights_bound_what_is_kept_but_the_newest_stays() -> None:
    shelf, made = ByteCache[int, int](room=10, weight=lambda value: value), list[int]()

    def get(key: int) -> None:
        shelf.get(key, lambda: noting(made, key))

    for key in (4, 5, 99, 99, 4):
        get(key)
    assert made == [4, 5, 99, 4]


def test_a_failure_is_not_kept() -> None:
    shelf = ByteCache[str, int](room=2)
    with pytest.raises(ZeroDivisionError):
        shelf.get("a", lambda: 1 // 0)
    assert shelf.get("a", lambda: 3) == 3
