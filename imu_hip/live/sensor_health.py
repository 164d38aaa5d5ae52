"""How sensors do, for people: health while a session runs, and remarks before it measures."""

from collections.abc import Sequence
from typing import Final

from imu_hip.bluetooth.sensor_link import LOW_PERCENT, LinkState
from imu_hip.bluetooth.status import SensorStatus, since
from imu_hip.live.messages import SensorHealth

LEAST_RATE: Final = 0.9
"""Part of its rate that a sensor must send; less points to a bad place or a busy radio."""

MOST_LOST_PERCENT: Final = 5.0

SETTLING_S: Final = 0.3
FIRST_JUDGED_S: Final = 1.2
JUDGED_S: Final = 5.0


def health_of(statuses: Sequence[SensorStatus]) -> tuple[SensorHealth, ...]:
    """The health of each sensor."""
    return tuple(
        SensorHealth(
            segment=status.segment,
            state=status.state,
            streams=status.state == LinkState.STREAMING.words,
            rate_hz=status.rate_hz,
            lost_percent=status.lost_percent,
            battery_percent=None if status.battery is None else status.battery.level_percent,
            problem=status.problem,
        )
        for status in statuses
    )


class FitWatch:
    """Judges the sensors every few seconds, by what they did since the last time.

    Parameters
    ----------
    sampling_rate_hz
        The rate that each sensor was asked for, in the order of the statuses.
    """

    def __init__(self, sampling_rate_hz: Sequence[float]) -> None:
        self._sampling_rate_hz = sampling_rate_hz
        self._before: Sequence[SensorStatus] = ()
        self._due_s = SETTLING_S

    def remarks(self, statuses: Sequence[SensorStatus], elapsed_s: float) -> tuple[str, ...] | None:
        """What should be mended, see `fit_remarks`; None while there is nothing new to say.

        Parameters
        ----------
        elapsed_s
            Time since the recording began. What is lost while sensors still start is no fault.
        """
        if elapsed_s < self._due_s:
            return None
        before, self._before = self._before, statuses
        self._due_s = elapsed_s + (JUDGED_S if before else FIRST_JUDGED_S)
        if not before:
            return None
        lately = [since(one, now) for one, now in zip(before, statuses, strict=True)]
        return fit_remarks(lately, self._sampling_rate_hz)


def fit_remarks(
    statuses: Sequence[SensorStatus], sampling_rate_hz: Sequence[float]
) -> tuple[str, ...]:
    """What a person should mend before a test, each a sentence with what to do; empty if nothing.

    Parameters
    ----------
    sampling_rate_hz
        The rate that each sensor was asked for, in the order of the statuses.
    """
    told: list[str] = []
    for status, rate_hz in zip(statuses, sampling_rate_hz, strict=True):
        name = f"The {status.segment.words} sensor"
        battery = status.battery
        if battery is not None and battery.level_percent < LOW_PERCENT and not battery.charging:
            told.append(f"{name} has {battery.level_percent} % battery left: charge it soon.")
        if status.rate_hz < LEAST_RATE * rate_hz:
            told.append(
                f"{name} sends {status.rate_hz:.0f} of {rate_hz:.0f} samples a second: bring the "
                "computer nearer."
            )
        elif status.lost_percent is not None and status.lost_percent > MOST_LOST_PERCENT:
            told.append(
                f"{name} loses {status.lost_percent:.0f} % of its samples: bring the computer "
                "nearer."
            )
    return tuple(told)
