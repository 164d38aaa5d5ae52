"""Sums of products of two angles at every lag, with gaps left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import BoolArray, FloatArray, IntArray
from imu_hip.measures.independence import FEWEST_PARTS, PARTS, SHORTEST_PART_S
from imu_hip.measures.tracks import Pair, Track

FINEST_STEP_S = 0.002
"""A parabola finds the delay between steps; finer ones only cost time."""

MOST_SAMPLES = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Lagged:
    """Correlation of all angles together at each lag, and the seconds that overlap, shape (m,)."""

    lags_s: FloatArray
    correlation: FloatArray
    seconds: FloatArray

    def lag_s(self, index: int) -> float:
        """One of the lags."""
        return float(self.lags_s[index])


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Angles on even times, NaN where missing.

    Parameters
    ----------
    reference
        Shape (angles, n).
    estimate
        Shape (angles, n + lags - 1): at lag 0 its first n values lie over the reference's.
    first_lag_s
        How much later lag 0 looks at the estimate.
    """

    reference: FloatArray
    estimate: FloatArray
    first_lag_s: float
    step_s: float

    def known_at(self, lag: int) -> BoolArray:
        """Where both are known at a lag, shape (angles, n)."""
        return np.isfinite(self.reference) & np.isfinite(self._shifted(lag))

    def shares(self, lag: int, known: BoolArray) -> FloatArray:
        """What each part adds to the correlation at a lag, shape (parts,); their sum is that.

        Parameters
        ----------
        known
            The samples to look at, shape (angles, n); both must be known there.
        """
        r, e = self._standardised(lag, known)
        shares: FloatArray = np.add.reduceat(np.sum(r * e, axis=0), self.edges(known))
        return shares

    def misfits(self, lag: int, known: BoolArray) -> FloatArray:
        """What each part adds to the squared distance of the two at a lag, shape (parts,).

        Their sum is 2 - 2 r; where the two are alike it varies far less than the shares.
        """
        r, e = self._standardised(lag, known)
        squares = np.sum((r - e) ** 2, axis=0)
        misfits: FloatArray = np.add.reduceat(squares, self.edges(known))
        return misfits

    def part_sums(self, lag: int, edges: IntArray) -> FloatArray:
        """The six sums of `correlation_of` in each part, shape (angles, parts, 6)."""
        known = self.known_at(lag)
        r, e = np.where(known, self.reference, 0.0), np.where(known, self._shifted(lag), 0.0)
        terms = np.stack((known.astype(np.float64), e, r, e * e, r * r, e * r), axis=-1)
        sums: FloatArray = np.add.reduceat(terms, edges, axis=1)
        return sums

    def edges(self, known: BoolArray) -> IntArray:
        """First sample of each part; all parts hold as many known samples."""
        count = np.cumsum(known.any(axis=0))
        wanted = int(count[-1] * self.step_s / SHORTEST_PART_S)
        parts = int(np.clip(wanted, FEWEST_PARTS, PARTS))
        # By known samples and not by time, so that a gap makes no part empty.
        bounds = count[-1] * np.arange(parts) / parts
        edges: IntArray = np.searchsorted(count, bounds, side="right")
        return edges

    def _standardised(self, lag: int, known: BoolArray) -> tuple[FloatArray, FloatArray]:
        r, e = _centred(self.reference, known), _centred(self._shifted(lag), known)
        # One size for all angles together: an angle that hardly moves must not decide.
        sizes = [max(float(np.sqrt(np.sum(values**2))), 1e-150) for values in (r, e)]
        return r / sizes[0], e / sizes[1]

    def _shifted(self, lag: int) -> FloatArray:
        return self.estimate[:, lag : lag + self.reference.shape[1]]


def on_one_grid(pairs: Sequence[Pair], longest_s: float) -> Grid | None:
    """All angles at even times, the estimate for every lag up to `longest_s` either way.

    Lags at which the two do not overlap are left out; None where there is no other one. Each angle
    loses its mean, which no correlation needs and which would cost digits.
    """
    steps = [track.step_s for pair in pairs for track in (pair.estimate, pair.reference)]
    start_s, end_s = span_of([pair.reference for pair in pairs])
    own_start_s, own_end_s = span_of([pair.estimate for pair in pairs])
    # Lags at which nothing overlaps are not worth a spectrum.
    first_s = max(-longest_s, own_start_s - end_s)
    last_s = min(longest_s, own_end_s - start_s)
    if not first_s < last_s:
        return None
    # The estimate covers the reference and the search: a day of it must not fill the memory.
    whole_s = end_s - start_s + last_s - first_s
    step_s = max(min(steps), FINEST_STEP_S, whole_s / MOST_SAMPLES)
    count = int((end_s - start_s) / step_s + 1e-6) + 1
    # One lag more at each end, so that a peak at the very end has two neighbours.
    first = int(np.floor(first_s / step_s + 1e-9)) - 1
    lags = int(np.ceil(last_s / step_s - 1e-9)) + 2 - first
    times = start_s + np.arange(count).astype(np.float64) * step_s
    own_times = start_s + (first + np.arange(count + lags - 1).astype(np.float64)) * step_s
    return Grid(
        np.array([_without_mean(pair.reference.at(times)) for pair in pairs]),
        np.array([_without_mean(pair.estimate.at(own_times)) for pair in pairs]),
        first * step_s,
        step_s,
    )


def span_of(tracks: Sequence[Track]) -> tuple[float, float]:
    """Times of the first and last measured sample of any track."""
    spans = np.array([track.span_s for track in tracks])
    return float(np.nanmin(spans[:, 0])), float(np.nanmax(spans[:, 1]))


def lagged_sums(grid: Grid) -> Lagged:
    """The correlation at every lag, by spectra."""
    lags = grid.estimate.shape[1] - grid.reference.shape[1] + 1
    # One angle at a time: an hour's spectra are large.
    pairs = zip(grid.estimate, grid.reference, strict=True)
    sums = np.stack([_sums_of(estimate, reference, lags) for estimate, reference in pairs])
    lags_s = grid.first_lag_s + np.arange(lags) * grid.step_s
    seconds: FloatArray = sums[..., 0].max(axis=0) * grid.step_s
    return Lagged(lags_s, correlation_of(sums), seconds)


def _sums_of(estimate: FloatArray, reference: FloatArray, lags: int) -> FloatArray:
    """The six sums of one angle at every lag, shape (lags, 6)."""
    # At least as long as the estimate, so that its end never wraps into its start.
    length = 1 << (len(estimate) - 1).bit_length()
    # A gap adds nothing to a sum as 0; the first spectrum counts what is left.
    e, r = np.nan_to_num(estimate), np.nan_to_num(reference)
    of_e = [np.fft.rfft(v, length) for v in (np.isfinite(estimate).astype(np.float64), e, e * e)]
    of_r = [
        np.conj(np.fft.rfft(v, length))
        for v in (np.isfinite(reference).astype(np.float64), r, r * r)
    ]
    wanted = ((0, 0), (1, 0), (0, 1), (2, 0), (0, 2), (1, 1))
    sums = np.stack([np.fft.irfft(of_e[i] * of_r[j], length)[:lags] for i, j in wanted], axis=-1)
    # The count of samples is whole; rounding of the spectrum is not.
    sums[:, 0] = np.round(sums[:, 0])
    return sums


def correlation_of(sums: FloatArray) -> FloatArray:
    """Correlation of all angles together, each without its mean, shape (...).

    Parameters
    ----------
    sums
        Count and sums of e, r, e², r² and e r of each angle, shape (angles, ..., 6).
    """
    count, e, r, ee, rr, er = np.moveaxis(sums, -1, 0)
    some = np.maximum(count, 1.0)
    covariance = np.sum(er - e * r / some, axis=0)
    variance_e, variance_r = np.sum(ee - e * e / some, axis=0), np.sum(rr - r * r / some, axis=0)
    # Rounding leaves a little variance where there is none.
    least = 1e-12 * float(np.max(np.sum(ee, axis=0))) + 1e-30
    product = np.where((variance_e > least) & (variance_r > least), variance_e * variance_r, np.inf)
    correlation: FloatArray = covariance / np.sqrt(product)
    return correlation


def _without_mean(values: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    return values - values[known].mean() if known.any() else values


def _centred(values: FloatArray, known: BoolArray) -> FloatArray:
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    zeroed = np.where(known, values, 0.0)
    return np.where(known, values - zeroed.sum(axis=1, keepdims=True) / count, 0.0)
