"""Moving means over a window of samples, causal or centred, that ignore missing values."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Numeric = TypeVar("Numeric", np.float64, np.complex128)


def moving_mean(values: NDArray[Numeric], before: int, after: int) -> NDArray[Numeric]:
    """Mean of `values[i - before : i + after + 1]` for each i, clipped at the ends.

    Parameters
    ----------
    values
        Shape (n,), real or complex; NaN where missing.
    before, after
        Samples before and after each one that belong to its window.

    Returns
    -------
    NDArray
        Shape (n,); NaN where a window holds no value.
    """
    present = np.isfinite(values)
    total = np.concatenate((np.zeros(1, values.dtype), np.cumsum(np.where(present, values, 0))))
    count = np.concatenate(([0], np.cumsum(present)))
    index = np.arange(len(values))
    first = np.maximum(index - before, 0)
    last = np.minimum(index + after + 1, len(values))
    number = count[last] - count[first]
    with np.errstate(invalid="ignore"):
        mean: NDArray[Numeric] = (total[last] - total[first]) / np.where(number > 0, number, np.nan)
    return mean


def low_pass(
    values: NDArray[np.float64], sampling_rate_hz: float, window_s: float
) -> NDArray[np.float64]:
    """Smooth with two centred moving means (a triangle), shape (n,), without delay."""
    half = max(round(0.25 * window_s * sampling_rate_hz), 0)
    once: NDArray[np.float64] = moving_mean(values, half, half)
    return moving_mean(once, half, half)


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open index intervals `[start, end)` in which `mask` holds."""
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def bouts(mask: NDArray[np.bool_], longest_pause: float) -> list[tuple[int, int]]:
    """Like `runs`, with runs that pause for less than `longest_pause` samples taken together."""
    together: list[tuple[int, int]] = []
    for start, end in runs(mask):
        if together and start - together[-1][1] < longest_pause:
            together[-1] = (together[-1][0], end)
        else:
            together.append((start, end))
    return together
