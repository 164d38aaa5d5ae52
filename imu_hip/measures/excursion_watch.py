"""Movements out of rest and back, told while they happen, sample by sample."""

import math
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from imu_hip.measures.repetitions import (
    BEGIN_PART,
    REST_PART,
    RepetitionParameters,
    inner_deg,
)

REST_WINDOW_S = 1.0
REST_WITHIN_DEG = 2.0
"""A leg that moves less in that time rests; whoever moves on purpose is faster than 2 °/s."""

LARGEST_REST_PART = 1.5
"""At first, a leg further out than this part of the smallest peak is not at rest."""

STAYS_S = 1.5
"""A leg that stays, much nearer to rest than it was, for so long has returned."""

LONGEST_ENDING_S = 1.0


@dataclass(frozen=True, slots=True)
class Began:
    """The leg has left rest in the direction of `sign`."""

    sign: int


@dataclass(frozen=True, slots=True)
class Held:
    """The leg has been held, `angle_deg` out in the direction of `sign`."""

    sign: int
    angle_deg: float


@dataclass(frozen=True, slots=True)
class Returned:
    """The leg is back, below `below_deg` in the direction of `sign`, having left at `begun`."""

    sign: int
    begun: int
    below_deg: float


class ExcursionWatch:
    """Watches one smoothed angle and tells where it leaves rest, is held, and comes back.

    Rest need not be at zero: it is where the leg last lay still. A movement ends by the rules of
    a whole recording, as far as its usual peak is known by then. Gaps change nothing: what the
    leg does is told again when it is seen again.

    Parameters
    ----------
    signs
        Directions to watch: +1, -1 or both.
    rules, hold_s, sampling_rate_hz
        What counts, how long a hold is, and the rate of the samples.
    """

    def __init__(
        self,
        signs: Collection[int],
        rules: RepetitionParameters,
        hold_s: float,
        sampling_rate_hz: float,
    ) -> None:
        self._signs = tuple(signs)
        self._rules = rules
        self._begin_deg = BEGIN_PART * rules.smallest_peak_deg
        self._stays = round(STAYS_S * sampling_rate_hz)
        self._longest_ending = round(LONGEST_ENDING_S * sampling_rate_hz)
        self._recent: deque[float] = deque(maxlen=max(round(REST_WINDOW_S * sampling_rate_hz), 2))
        self._window: deque[float] = deque(maxlen=max(round(hold_s * sampling_rate_hz), 2))
        self._since: deque[float] = deque(maxlen=max(self._stays, 2))
        self._usual_deg = dict.fromkeys(self._signs, 0.0)
        self._rest_deg: float | None = None
        self._home_sign, self._home_deg = 0, 0.0
        self._count = 0
        self._last_deg = 0.0
        self._top_deg = 0.0
        self._told_deg = -math.inf
        self._ending = 0
        self._kept = False
        self.sign = 0
        """Direction of the movement that is going on, 0 at rest."""
        self.begun = 0
        """Sample at which it began."""

    @property
    def ends_below_deg(self) -> float:
        """The movement ends where the leg is less far out than this."""
        highest = max(self._top_deg, self._usual_deg[self.sign])
        rest_deg = self.sign * (self._rest_deg or 0.0)
        return inner_deg(highest, rest_deg, self._outer_deg, self._rules)

    @property
    def _outer_deg(self) -> float:
        rules = self._rules
        return max(rules.outer_part * self._usual_deg[self.sign], rules.smallest_peak_deg)

    @property
    def _reached(self) -> bool:
        return self._top_deg > self._outer_deg

    def learn(self, sign: int, peak_deg: float) -> None:
        """Take note of a peak that counts, by which later movements are told from fidgeting."""
        self._usual_deg[sign] = max(self._usual_deg[sign], peak_deg)

    def keep(self) -> None:
        """The movement that is going on has been taken; its end is not told."""
        self._kept = True

    def step(self, angle_deg: float) -> Began | Held | Returned | None:
        """What the next sample shows; NaN where it was not measured."""
        self._count += 1
        if math.isnan(angle_deg):
            return self._end() if self._ending else None
        told = self._out(angle_deg) if self.sign else self._at_rest(angle_deg)
        self._last_deg = angle_deg
        return told

    def _at_rest(self, angle_deg: float) -> Began | None:
        self._recent.append(angle_deg)
        if self._rest_deg is None:
            limit = LARGEST_REST_PART * self._rules.smallest_peak_deg
            self._rest_deg = min(max(angle_deg, -limit), limit)
        elif _stays(self._recent, REST_WITHIN_DEG):
            self._rest_deg = sum(self._recent) / len(self._recent)
            self._home_sign = 0
        self._home_deg = min(self._home_deg, self._home_sign * angle_deg)
        for sign in self._signs:
            rest_deg = sign * self._rest_deg
            if sign == self._home_sign:
                # On the way home the leg is not where it rests yet; it leaves where it turns.
                rest_deg = max(rest_deg, self._home_deg)
            if sign * angle_deg - rest_deg > self._begin_deg:
                self.sign, self.begun = sign, self._count - 1
                self._top_deg, self._told_deg = sign * angle_deg, -math.inf
                self._window.clear()
                self._since.clear()
                return Began(sign)
        return None

    def _out(self, angle_deg: float) -> Held | Returned | None:
        outward = self.sign * angle_deg
        self._top_deg = max(self._top_deg, outward)
        self._window.append(outward)
        self._since.append(outward)
        if self._ending:
            rising = outward > self.sign * self._last_deg
            over = self._count - self._ending > self._longest_ending
            at_rest = outward <= REST_PART * self.ends_below_deg
            return self._end() if rising or over or at_rest else None
        if self._reached:
            if outward < self.ends_below_deg:
                self._ending = self._count
                return None
            if _stays(self._since, REST_WITHIN_DEG) and outward < self._much_nearer_deg:
                return self._end(outward + REST_WITHIN_DEG)
            return self._held()
        self._give_up(angle_deg)
        return None

    @property
    def _much_nearer_deg(self) -> float:
        return self._rules.outer_part * self._top_deg

    def _held(self) -> Held | None:
        rules = self._rules
        if not _stays(self._window, rules.plateau_within_deg):
            return None
        lowest_deg = self._top_deg - rules.overshoot_deg - rules.plateau_within_deg
        angle_deg = sum(self._window) / len(self._window)
        enough = min(self._window) > max(lowest_deg, self._outer_deg)
        if not enough or angle_deg < self._told_deg + rules.plateau_within_deg:
            return None
        self._told_deg = angle_deg
        return Held(self.sign, angle_deg)

    def _give_up(self, angle_deg: float) -> None:
        """Back to rest without having been out: what began was no movement."""
        back = self.sign * (angle_deg - (self._rest_deg or 0.0)) < 0.5 * self._begin_deg
        stays = _stays(self._since, REST_WITHIN_DEG)
        if back or stays:
            if stays:
                self._rest_deg = angle_deg
            self._rest()

    def _end(self, below_deg: float | None = None) -> Returned | None:
        told = Returned(
            self.sign, self.begun, self.ends_below_deg if below_deg is None else below_deg
        )
        kept = self._kept
        self._home_sign, self._home_deg = self.sign, self.sign * self._last_deg
        self._rest()
        return None if kept else told

    def _rest(self) -> None:
        self.sign, self._ending, self._kept = 0, 0, False
        self._recent.clear()


def _stays(values: deque[float], within_deg: float) -> bool:
    return len(values) == values.maxlen and max(values) - min(values) <= within_deg
