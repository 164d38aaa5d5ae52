"""Readers that do what none may do, to prove that it is seen."""

import os
import time
import warnings
from collections.abc import Callable

import numpy as np

from tests.faults.fuzz_target import Target, WrongNumberError, runner

NUMBER = 3
"""The only input that they misbehave on; the others are seeds."""


def _seeds() -> list[bytes]:
    return [bytes([number]) for number in range(NUMBER + 3)]


def _on(what: Callable[[], object]) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        if data == bytes([NUMBER]):
            what()

    return run


def _raise(error: Exception) -> Callable[[], None]:
    def what() -> None:
        raise error

    return what


def _spin() -> None:
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue


def _fill() -> None:
    np.ones(80_000_000).sum()


def _warn() -> None:
    warnings.warn("overflow", RuntimeWarning, stacklevel=1)


def _sleep() -> None:
    time.sleep(600.0)


_WAYS = {
    "raises": _raise(KeyError("x")),
    "warns": _warn,
    "tells a wrong number": _raise(WrongNumberError("nan")),
    "hangs": _spin,
    "fills the memory": _fill,
    "dies": os.abort,
    "sleeps": _sleep,
}
MISBEHAVING = {
    f"one that {name}": Target(f"one that {name}", _seeds, runner(_on(what)))
    for name, what in _WAYS.items()
}
