"""Which samples of a sensor are kept, and how many are missing between them.

The count of a sensor says what is missing, the time of arrival only helps to tell a wrap of the
count, a reboot and a long lost link from each other. Two facts are used: no sample comes from
the future, and the first sample after a connection was made is fresh.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

from imu_hip.bluetooth.counts import Accounted, Counts, Verdict
from imu_hip.bluetooth.drivers.samples import Sample, SensorClock

LATE_S: Final = 2.0
"""A sample that seems to come from further in the future, or is older than this after a new
connection, was counted by a clock that started anew. A second or so of queued packets is usual."""

DRIFT: Final = 1e-3
"""No crystal is further off; it is what the limit grows by while nothing is heard."""

PACE_ERROR: Final = 0.03
"""Sensors without a clock sample this much faster or slower than they say."""

REORDERING_S: Final = 1.0
"""Further back than this within one connection is no old sample but a new start of the clock."""


@dataclass(frozen=True, slots=True)
class _Last:
    """The sample kept last; counts are unwrapped."""

    arrival_s: float
    connection: int
    count: int
    tick: int | None
    sequence: int | None
    index: int


class StreamAccount:
    """The account of one sensor's stream, over all its connections.

    Parameters
    ----------
    rate_hz
        At which the sensor was asked to sample.
    """

    def __init__(self, clock: SensorClock, rate_hz: float) -> None:
        self._clock = clock
        self._rate_hz = rate_hz
        timed = clock.tick_s is not None
        self._unit_s = clock.tick_s if clock.tick_s is not None else 1.0 / rate_hz
        self._modulus = clock.tick_modulus if timed else clock.sequence_modulus
        self._drift = DRIFT if timed else PACE_ERROR
        self._last: _Last | None = None
        self._origin_s = math.inf
        self._epoch = 0
        self._own_dropped = 0
        self.counts = Counts()

    def dropped(self, samples: int) -> None:
        """Take note that samples came but were dropped here, before the next one added."""
        self._own_dropped += samples

    def add(self, sample: Sample, arrival_ns: int, connection: int) -> Accounted:
        """Place the next sample that came.

        Parameters
        ----------
        arrival_ns
            On the host's monotonic clock.
        connection
            Which connection of the sensor it came over, ascending.
        """
        arrival_s = 1e-9 * arrival_ns
        raw = sample.sequence if self._clock.tick_s is None else sample.tick
        if raw is None:
            return self._add_uncounted(arrival_s, connection)
        if self._last is None:
            return self._begin_epoch(sample, raw, arrival_s, connection)
        count = self._unwrapped(raw, self._last, arrival_s)
        if not self._is_same_epoch(count, self._last, arrival_s, connection):
            return self._reboot(sample, raw, arrival_s, connection)
        return self._continue(sample, count, self._last, arrival_s, connection)

    def _unwrapped(self, raw: int, last: _Last, arrival_s: float) -> int:
        """Of all counts that wrap to `raw`, the one nearest to what a fresh sample would show."""
        if self._modulus is None:
            return raw
        fresh = (arrival_s - self._origin_s) / self._unit_s - last.count
        step = raw - last.count
        return raw + self._modulus * round((fresh - step) / self._modulus)

    def _is_same_epoch(self, count: int, last: _Last, arrival_s: float, connection: int) -> bool:
        step_s = (count - last.count) * self._unit_s
        late_s = arrival_s - self._origin_s - count * self._unit_s
        limit_s = LATE_S + self._drift * max(0.0, arrival_s - last.arrival_s)
        if late_s < -limit_s:
            return False
        if connection == last.connection:
            return step_s >= -REORDERING_S
        # Sensors with a memory may go on with the sample that follows the last one.
        follows = 0.0 < step_s * self._rate_hz < 1.5
        return late_s <= limit_s or follows

    def _begin_epoch(
        self, sample: Sample, raw: int, arrival_s: float, connection: int
    ) -> Accounted:
        gap_s = None if self._last is None else arrival_s - self._last.arrival_s
        self._origin_s = arrival_s - raw * self._unit_s
        tick = None if self._clock.tick_s is None else raw
        last = _Last(arrival_s, connection, raw, tick, sample.sequence, 0)
        return self._kept(last, 0, gap_s)

    def _reboot(self, sample: Sample, raw: int, arrival_s: float, connection: int) -> Accounted:
        self._epoch += 1
        self._own_dropped = 0
        self.counts = replace(self.counts, reboots=self.counts.reboots + 1)
        return self._begin_epoch(sample, raw, arrival_s, connection)

    def _continue(
        self, sample: Sample, count: int, last: _Last, arrival_s: float, connection: int
    ) -> Accounted:
        forward = count - last.count
        if forward <= 0:
            verdict = Verdict.BACKWARD if forward else Verdict.DUPLICATE
            return self._not_kept(verdict, last)
        step, sequence = self._step(sample, forward, last)
        silent_s = max(0.0, arrival_s - last.arrival_s)
        earliest_s = self._origin_s + self._drift * silent_s
        self._origin_s = min(earliest_s, arrival_s - count * self._unit_s)
        tick = None if self._clock.tick_s is None else count
        kept = _Last(arrival_s, connection, count, tick, sequence, last.index + step)
        return self._kept(kept, step - 1, forward * self._unit_s)

    def _step(self, sample: Sample, forward: int, last: _Last) -> tuple[int, int | None]:
        """How many samples on, and the unwrapped sequence; by the sequence where it goes on."""
        by_clock = max(1, round(forward * self._unit_s * self._rate_hz))
        if sample.sequence is None or last.sequence is None:
            return by_clock, sample.sequence
        step = sample.sequence - last.sequence
        if (modulus := self._clock.sequence_modulus) is not None:
            step += modulus * round((by_clock - step) / modulus)
        if step < 1 or abs(step - by_clock) > 2 + PACE_ERROR * by_clock:
            # Sensors may count from 0 again where a stream is started once more.
            return by_clock, sample.sequence
        return step, last.sequence + step

    def _not_kept(self, verdict: Verdict, last: _Last) -> Accounted:
        counts = self.counts
        if verdict is Verdict.DUPLICATE:
            self.counts = replace(counts, duplicates=counts.duplicates + 1)
        else:
            self.counts = replace(counts, backward=counts.backward + 1)
        return Accounted(verdict, self._epoch, last.tick, last.index, None, None)

    def _add_uncounted(self, arrival_s: float, connection: int) -> Accounted:
        last = self._last
        index = 0 if last is None else last.index + 1
        gap_s = None if last is None else arrival_s - last.arrival_s
        return self._kept(_Last(arrival_s, connection, index, None, None, index), None, gap_s)

    def _kept(self, last: _Last, lost: int | None, gap_s: float | None) -> Accounted:
        self._last = last
        counts = self.counts
        # Where nothing else tells of a loss, what was dropped here is all that is known.
        own = self._own_dropped if lost is None else min(lost, self._own_dropped)
        self._own_dropped = 0
        self.counts = Counts(
            counts.kept + 1,
            None if lost is None or counts.lost is None else counts.lost + lost,
            counts.own_lost + own,
            counts.duplicates,
            counts.backward,
            counts.reboots,
            max(counts.gap_max_s, gap_s or 0.0),
        )
        return Accounted(Verdict.KEPT, self._epoch, last.tick, last.index, lost, gap_s)
