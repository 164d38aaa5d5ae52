"""Moving means over a window of samples, causal or centred, that ignore missing values."""

from typing import Any, TypeVar

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
    total: NDArray[Any] = _cumulated(values)
    if np.isfinite(total[-1]):
        return _divided(_window_sum(total, before, after), before, after)
    present = np.isfinite(values)
    total = _cumulated(np.where(present, values, 0))
    number = _window_sum(_cumulated(present.astype(np.intp)), before, after)
    sums = _window_sum(total, before, after)
    with np.errstate(invalid="ignore"):
        mean: NDArray[Numeric] = np.divide(sums, np.where(number > 0, number, np.nan))
    return mean


def _divided(sums: NDArray[Any], before: int, after: int) -> NDArray[Any]:
    """Sums over whole windows made means; windows clipped at the ends hold fewer values."""
    n = len(sums)
    before, after = min(before, n), min(after, n)
    at = np.arange(n) if before + after >= n else np.r_[:before, n - after : n]
    held = np.minimum(at + after + 1, n) - np.maximum(at - before, 0)
    clipped = sums[at] / held
    sums /= before + after + 1
    sums[at] = clipped
    return sums


def _cumulated(values: NDArray[Any]) -> NDArray[Any]:
    total = np.empty(len(values) + 1, dtype=values.dtype)
    total[0] = 0
    np.cumsum(values, out=total[1:])
    return total


def _window_sum(total: NDArray[Any], before: int, after: int) -> NDArray[Any]:
    n = len(total) - 1
    before, after = min(before, n), min(after, n)
    sums = np.full(n, total[-1])
    sums[: n - after] = total[after + 1 :]
    sums[before:] -= total[: n - before]
    return sums


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


def bridged(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values with their holes bridged by straight lines, shape (n,); all missing stays so."""
    if np.isfinite(np.sum(values)):
        return values
    at = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), at, values[at]) if len(at) else values


def likeness(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How alike a movement is to itself at every lag: its autocorrelation, shape (n,).

    Parameters
    ----------
    values
        Shape (n, k), finite; what is common to all lags should be taken off before.
    """
    n = len(values)
    # The spectrum gives all lags at once; as much emptiness again keeps the ends apart.
    power = np.sum(np.abs(np.fft.rfft(values, 2 * n, axis=0)) ** 2, axis=1)
    alike: NDArray[np.float64] = np.fft.irfft(power)[:n] / np.arange(n, 0, -1)
    return alike


def peaks(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Indices of the inner values that none of their neighbours exceeds, shape (k,)."""
    inner = values[1:-1]
    highest: NDArray[np.intp] = np.flatnonzero((inner >= values[:-2]) & (inner > values[2:])) + 1
    return highest
