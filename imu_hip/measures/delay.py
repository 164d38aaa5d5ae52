"""How far the clock of one measurement lags behind that of another, from the angles themselves.

The delay is where the angles, each without its mean, are correlated best, all angles taken
together because they share one clock. Gaps are left out of every sum (D. Padfield, IEEE Trans.
Image Process. 21 (2012) 2670-2678, shows how the spectrum gives such sums at all lags at once).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imu_hip.errors import ImuHipError
from imu_hip.kinematics.quaternion import FloatArray, IntArray
from imu_hip.kinematics.windows import peaks
from imu_hip.measures.independence import jackknife_half_width
from imu_hip.measures.lagged import Grid, Lagged, correlation_of, lagged_sums, on_one_grid, span_of
from imu_hip.measures.tracks import Pair

USUAL_SEARCH_S = 10.0
"""Recordings that were started by hand on the same signal differ by no more."""

SHORTEST_OVERLAP_S = 2.0

LEAST_CORRELATION = 0.6
"""With less in common a shift explains less than a third of the movement."""

SURE_CORRELATION = 0.9
"""Unrelated movements as slow as a seventh of the recording reached 0.84 at the best shift."""

CLEAR_ERRORS = 4.0
"""Standard errors by which the parts of a recording must agree that there is a correlation. By
chance the best of twenty independent shifts reaches it in one of a hundred recordings."""

TELLING_ERRORS = 3.0
"""Standard errors by which one delay must beat another."""

TELLING_RATIO = 6.0
"""Or it leaves this many times less unexplained, about the 95 % point of F(4, 4)."""

COMMON_CLOCK_S = 0.25
"""Among delays that cannot be told apart, one below this wins: the files may share a clock."""

_LEAST_OVERLAP = 1 / 3
_MOST_RIVALS = 8
_RIVAL_WITHIN = 0.15
_EDGE_LAGS = 2
_SAME_MISFIT = 0.002
"""Where a peak lies between two samples of the grid, this much of it is lost."""


class NoDelayError(ImuHipError):
    """Nothing in two measurements tells how they lie in time to each other."""


@dataclass(frozen=True, slots=True)
class Delay:
    """How much later the estimate's clock shows the same movement than the reference's.

    What the reference has at t, the estimate has at `t + delay_s`.

    Parameters
    ----------
    error_s
        Half width of the 95 % interval, NaN where the overlap is too short to tell.
    correlation
        That of all angles together at this delay.
    rivals_s
        Other delays that fit as well, as those of periodic movements one stride away.
    """

    delay_s: float
    error_s: float
    correlation: float
    rivals_s: tuple[float, ...] = ()


def common_delay(pairs: Sequence[Pair], longest_s: float = USUAL_SEARCH_S) -> Delay:
    """The delay of one clock behind the other.

    Parameters
    ----------
    pairs
        Every angle that both have.
    longest_s
        Delays up to this, either way, are looked at.

    Raises
    ------
    NoDelayError
        Where the two have nothing in common within the search, where the angles are not alike at
        any delay, or where several delays fit as well and none is near zero.
    """
    grid = on_one_grid(pairs, longest_s)
    lagged = lagged_sums(grid) if grid else None
    most_s = float(np.max(lagged.seconds)) if lagged else 0.0
    if grid is None or lagged is None or most_s < SHORTEST_OVERLAP_S:
        raise _too_little(pairs, longest_s)
    # A short piece of a periodic movement fits somewhere better than all of it.
    enough = lagged.seconds >= max(SHORTEST_OVERLAP_S, _LEAST_OVERLAP * most_s)
    correlation = np.where(enough, lagged.correlation, -np.inf)
    best = int(np.argmax(correlation))
    _require_likeness(grid, lagged, best, longest_s)
    rivals = _rivals(grid, correlation, best)
    chosen = _chosen(lagged, best, rivals)
    delay_s, error_s = _refined(grid, lagged, chosen)
    # Named, so that nobody takes the chosen delay for the only one.
    others = tuple(lagged.lag_s(lag) for lag in sorted({best, *rivals} - {chosen}))
    return Delay(delay_s, error_s, float(correlation[chosen]), others)


def _too_little(pairs: Sequence[Pair], longest_s: float) -> NoDelayError:
    own_s = span_of([pair.estimate for pair in pairs])
    other_s = span_of([pair.reference for pair in pairs])
    return NoDelayError(
        f"The estimate has angles from {own_s[0]:.1f} to {own_s[1]:.1f} s and the reference from "
        f"{other_s[0]:.1f} to {other_s[1]:.1f} s: less than {SHORTEST_OVERLAP_S:g} s in common "
        f"within a delay of {longest_s:g} s.",
        "Allow a longer delay with --max-delay, or check that both are of one session.",
    )


def _require_likeness(grid: Grid, lagged: Lagged, best: int, longest_s: float) -> None:
    """Refuse a delay that no correlation supports."""
    value = float(lagged.correlation[best])
    # How much the parts differ in what they add tells chance from likeness.
    share = grid.shares(best, grid.known_at(best))
    error = float(np.std(share, ddof=1) * np.sqrt(len(share)))
    clear = value >= LEAST_CORRELATION and value >= CLEAR_ERRORS * error
    # A test at rest for most of the time moves in a few parts only, which would not seem clear.
    if not (clear or value >= SURE_CORRELATION):
        # A clear negative correlation is the most common mistake of all: a sign.
        turned = float(np.min(lagged.correlation)) < -LEAST_CORRELATION
        sign = " One may count an angle the other way round." if turned else ""
        raise NoDelayError(
            f"At no delay up to {longest_s:g} s are the angles alike (best correlation "
            f"{value:.2f}), so the delay between the two cannot be told.{sign}",
            "Check that both are of one session, allow a longer delay with --max-delay, or take "
            "the clocks as they stand with --max-delay 0.",
        )
    # A peak at the end may go on rising beyond it.
    inside = _EDGE_LAGS <= best < len(lagged.correlation) - _EDGE_LAGS
    if not inside:
        raise NoDelayError(
            f"The angles are most alike at the end of the search, at {lagged.lag_s(best):.2f} s.",
            "Allow a longer delay with --max-delay.",
        )


def _rivals(grid: Grid, correlation: FloatArray, best: int) -> IntArray:
    """Lags of other peaks that the best one does not beat clearly."""
    others = peaks(correlation)
    others = others[correlation[others] > correlation[best] - _RIVAL_WITHIN]
    others = others[others != best]
    others = others[np.argsort(-correlation[others])][:_MOST_RIVALS]

    def as_good(lag: int) -> bool:
        # On the same samples, else the lag with the easier part would win.
        known = grid.known_at(best) & grid.known_at(lag)
        if known.any(axis=0).sum() * grid.step_s < SHORTEST_OVERLAP_S:
            return True
        own, other = grid.misfits(best, known), grid.misfits(lag, known)
        # By part and in pairs: what is hard to fit at one delay is hard at the other one, too.
        gain = other - own
        if float(other.sum()) > TELLING_RATIO * (float(own.sum()) + _SAME_MISFIT):
            return False
        error = float(np.std(gain, ddof=1) / np.sqrt(len(gain)))
        return float(np.mean(gain)) < TELLING_ERRORS * error + _SAME_MISFIT / len(gain)

    return np.array([lag for lag in others.tolist() if as_good(lag)], dtype=np.intp)


def _chosen(lagged: Lagged, best: int, rivals: IntArray) -> int:
    if not len(rivals):
        return best
    every = np.array([best, *rivals.tolist()])
    # Which of the strides is the right one cannot be told; that clocks nearly agree is likely.
    nearest = int(every[np.argmin(np.abs(lagged.lags_s[every]))])
    if abs(lagged.lag_s(nearest)) > COMMON_CLOCK_S:
        said = " or ".join(f"{lagged.lag_s(lag):.2f} s" for lag in sorted(every.tolist()))
        raise NoDelayError(
            f"The delay could as well be {said}: the movement repeats itself.",
            "Narrow the search with --max-delay, or set the clocks right before.",
        )
    return nearest


def _refined(grid: Grid, lagged: Lagged, lag: int) -> tuple[float, float]:
    """The top of a parabola through the peak, and its error from leaving out each part."""
    # Sums of each part at the peak and its neighbours, shape (3, angles, parts, 6).
    edges = grid.edges(grid.known_at(lag))
    sums = np.stack([grid.part_sums(lag + step, edges) for step in (-1, 0, 1)])
    whole = sums.sum(axis=2)
    top = _vertex(*(float(correlation_of(one)) for one in whole))
    without = np.array(
        [
            _vertex(*(float(correlation_of(whole[k] - sums[k, :, part])) for k in range(3)))
            for part in range(sums.shape[2])
        ]
    )
    error_s = jackknife_half_width(without) * grid.step_s
    return lagged.lag_s(lag) + top * grid.step_s, error_s


def _vertex(before: float, at: float, after: float) -> float:
    """Where a parabola through three neighbours is highest, in steps from the middle one."""
    bend = before - 2.0 * at + after
    return float(np.clip(0.5 * (before - after) / bend, -1.0, 1.0)) if bend < 0.0 else 0.0
