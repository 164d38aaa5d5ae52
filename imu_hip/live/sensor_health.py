"""How sensors do, for people: health while a session runs, and remarks before it measures."""

from collections.abc import Sequence
from typing import Final

from imu_hip.bluetooth.sensor_link import LOW_PERCENT, LinkState
from imu_hip.bluetooth.status import SensorStatus, since
from imu_hip.live.messages import SensorHealth
from imu_hip.names import Segment

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
    flat: list[Segment] = []
    slow: list[Segment] = []
    lossy: list[Segment] = []
    for status, rate_hz in zip(statuses, sampling_rate_hz, strict=True):
        battery, lost = status.battery, status.lost_percent
        if battery is not None and battery.level_percent < LOW_PERCENT and not battery.charging:
            flat.append(status.segment)
        if status.rate_hz < LEAST_RATE * rate_hz:
            slow.append(status.segment)
        elif lost is not None and lost > MOST_LOST_PERCENT:
            lossy.append(status.segment)
    nearer = "bring the computer nearer, and close other programs on it."
    return (
        *_remark(flat, ("has little battery left", "have little battery left"), "charge soon."),
        *_remark(slow, ("sends too few samples", "send too few samples"), nearer),
        *_remark(lossy, ("loses samples", "lose samples"), nearer),
    )


def _remark(segments: Sequence[Segment], does: tuple[str, str], advice: str) -> tuple[str, ...]:
    # No numbers: they change every few seconds, and a screen reader would never be silent.
    if not segments:
        return ()
    *others, last = (segment.words for segment in segments)
    if not others:
        return (f"The {last} sensor {does[0]}: {advice}",)
    return (f"The {', '.join(others)} and {last} sensors {does[1]}: {advice}",)
