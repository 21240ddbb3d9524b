"""Tasks for the worker's tests: they leave their traces in a file. Found by PYTHONPATH."""

import os
import time
from pathlib import Path

from django.tasks import task


def trace(file: str, word: str) -> None:
    with Path(file).open("a") as out:
        out.write(f"{word} {os.getpid()} {time.time()}\n")


@task(queue_name="tick")
def quick(file: str, word: str = "quick") -> str:
    trace(file, word)
    return word


@task(queue_name="heavy")
def slow(file: str, seconds: float, word: str = "slow") -> str:
    trace(file, f"{word}-begin")
    time.sleep(seconds)
    trace(file, f"{word}-end")
    return word


@task(queue_name="heavy")
def wrong() -> None:
    raise ValueError("as planned")
