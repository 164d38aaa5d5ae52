"""What happened to a sensor while it streamed, in words for people."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from imu_hip.names import Segment


class EventKind(StrEnum):
    """Kind of an event."""

    LOST = "lost"
    LINK_LOST = "link lost"
    BACK = "back"
    REBOOTED = "rebooted"
    SILENT = "silent"
    LOW_BATTERY = "low battery"
    CLIPPING = "clipping"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person should know of a recording.

    Parameters
    ----------
    arrival_ns
        When it was noticed, on the clock of `time.perf_counter_ns`.
    text
        A sentence that names the segment.
    """

    kind: EventKind
    segment: Segment
    arrival_ns: int
    text: str

    @classmethod
    def of(cls, kind: EventKind, segment: Segment, arrival_ns: int, did: str) -> Self:
        """Make an event of what a sensor did, such as 'lost its link'."""
        return cls(kind, segment, arrival_ns, f"The {segment.words} sensor {did}.")
