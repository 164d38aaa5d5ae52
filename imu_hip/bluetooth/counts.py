"""What an account of a sensor's samples says."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What becomes of a sample."""

    KEPT = "kept"
    DUPLICATE = "duplicate"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class Accounted:
    """One sample, placed among the others of its sensor.

    Parameters
    ----------
    epoch
        Counts from 0; the clock started anew at the beginning of each.
    tick
        Unwrapped reading of the sensor's clock within the epoch, None where it has none.
    index
        Which sample of the epoch it is, lost ones counted as far as the sensor's count shows them.
    lost_before
        Samples missing since the one kept before; None where the sensor does not count.
    gap_s
        Time since the sample kept before; None for the first.
    """

    verdict: Verdict
    epoch: int
    tick: int | None
    index: int
    lost_before: int | None
    gap_s: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What an account adds up to.

    Parameters
    ----------
    kept
        Samples that go into the recording.
    lost
        Samples that were sent but are not there, `own_lost` included; None where the sensor
        does not count.
    own_lost
        Those that came but were dropped here, because nobody read the inbox in time.
    duplicates, backward
        Samples that came once more, or after a later one; they were dropped.
    reboots
        How often the sensor's clock started anew.
    gap_max_s
        Longest time between two samples that were kept.
    """

    kept: int = 0
    lost: int | None = 0
    own_lost: int = 0
    duplicates: int = 0
    backward: int = 0
    reboots: int = 0
    gap_max_s: float = 0.0

    @property
    def lost_percent(self) -> float | None:
        """Part of the samples that was lost, None where the sensor does not count."""
        if self.lost is None:
            return None
        return 100.0 * self.lost / max(1, self.kept + self.lost)
