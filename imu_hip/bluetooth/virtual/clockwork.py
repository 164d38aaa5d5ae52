"""The imperfect clock of a virtual sensor, and when its samples are due by it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from imu_hip.kinematics.quaternion import FloatArray

Times = TypeVar("Times", float, FloatArray)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """A sensor's clock: it starts at power-on and runs a little fast or slow.

    Parameters
    ----------
    powered_on_s
        True time at which the clock showed `start_s`.
    drift_ppm
        How much faster than true time it runs.
    start_s
        What it showed then; virtual sensors that were on for an hour start late.
    """

    powered_on_s: float
    drift_ppm: float = 0.0
    start_s: float = 0.0

    def reading_s(self, now_s: float) -> float:
        """What the clock shows at a true time."""
        return self.start_s + (now_s - self.powered_on_s) * (1.0 + 1e-6 * self.drift_ppm)

    def true_s(self, reading_s: Times) -> Times:
        """The true times at which the clock shows something."""
        return self.powered_on_s + (reading_s - self.start_s) / (1.0 + 1e-6 * self.drift_ppm)

    def restarted(self, now_s: float) -> "Clockwork":
        """The same clock after a reboot."""
        return replace(self, powered_on_s=now_s, start_s=0.0)


@dataclass(slots=True)
class Sampling:
    """Samples of one run at a fixed rate, counted from the moment it began.

    Parameters
    ----------
    clock
        The sensor's clock, by which samples are spaced.
    began_s
        True time of sample 0.
    """

    clock: Clockwork
    rate_hz: float
    began_s: float
    taken: int = 0

    def due(self, now_s: float) -> Iterator[tuple[int, float, float]]:
        """Take every sample up to now: its count, its clock reading and its true time."""
        while (at_s := self.next_s()) <= now_s:
            count = self.taken
            self.taken += 1
            yield count, self.clock.reading_s(at_s), at_s

    def next_s(self) -> float:
        """True time of the next sample."""
        # From the beginning anew each time: adding up periods would add up their rounding.
        first_reading_s = self.clock.reading_s(self.began_s)
        return self.clock.true_s(first_reading_s + self.taken / self.rate_hz)
