"""How a page of the benchmarks is timed."""

import gc
import time
from collections.abc import Callable
from typing import Any

MOST_QUERIES = 15


def timed(ask: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the wall, and of them this thread's own on the processor."""
    began, worked = time.perf_counter(), time.thread_time()
    ask()
    return time.perf_counter() - began, time.thread_time() - worked


def settle() -> None:
    """What is loaded is not looked through for waste again, as in heating/wsgi.py."""
    gc.collect()
    gc.freeze()
