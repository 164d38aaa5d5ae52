"""The windows of the chain, over whole arrays or over blocks that follow each other."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from imu_hip.kinematics.windows import moving_mean

Mean: TypeAlias = Callable[[NDArray[Any]], NDArray[Any]]
"""A moving mean: values of shape (n,) in, means of the same samples out."""


@dataclass(frozen=True, slots=True)
class WindowSamples:
    """Lengths of the chain's windows in samples; see `ChainParameters` for what each is for."""

    heading: int
    reference: int
    posture: int
    smoothing: int


@dataclass(frozen=True, slots=True)
class ChainWindows:
    """One moving mean for each place of the chain that needs one.

    Reference and smoothing are a mean of a mean, which makes their windows triangles.
    """

    heading: Mean
    reference: tuple[Mean, Mean]
    posture: tuple[Mean, Mean]
    smoothing: tuple[Mean, Mean]


class CausalMean:
    """Mean of each sample and the `before` ones before it, of a stream that comes in blocks.

    It keeps the last `before` values, so how the stream is split into blocks changes nothing.
    """

    def __init__(self, before: int) -> None:
        self._before = before
        self._past: NDArray[Any] | None = None

    def __call__(self, values: NDArray[Any]) -> NDArray[Any]:
        """Means of the next n values, shape (n,)."""
        before = self._before
        past = values[:0] if self._past is None else self._past
        seen = np.concatenate((past, values))
        self._past = seen[max(len(seen) - before, 0) :]
        if len(values) and len(past) == before:
            # The usual block of a stream: every window is full, which saves most of the time.
            total = np.cumsum(seen)
            sums = total[before:].copy()
            sums[1:] -= total[: len(values) - 1]
            if np.isfinite(sums[-1:]).all():
                return sums / (before + 1)
        return moving_mean(seen, before, 0)[len(past) :]


def centred(length: int) -> Mean:
    """A moving mean over whole arrays that looks half of its length to each side."""
    return partial(moving_mean, before=length // 2, after=length // 2)


def centred_windows(samples: WindowSamples) -> ChainWindows:
    """Windows over whole arrays that look to both sides."""
    return _twice(samples, centred)


def causal_windows(samples: WindowSamples) -> ChainWindows:
    """Windows over whole arrays or over blocks, which remember what came before."""
    return _twice(samples, CausalMean)


def _twice(samples: WindowSamples, mean: Callable[[int], Mean]) -> ChainWindows:
    return ChainWindows(
        heading=mean(samples.heading),
        reference=(mean(samples.reference // 2), mean(samples.reference // 2)),
        posture=(mean(samples.posture), mean(samples.posture)),
        smoothing=(mean(samples.smoothing), mean(samples.smoothing)),
    )
