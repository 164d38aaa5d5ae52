"""Which segments need a sensor, and what to say where one has none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from imu_hip.bluetooth.discovery import Found
from imu_hip.bluetooth.errors import AmbiguousSensorsError, SensorsMissingError
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.names import Segment
from imu_hip.recording.formats.segment_names import segment_from_name


@dataclass(frozen=True, slots=True)
class Roster:
    """Who was met.

    Parameters
    ----------
    known
        Sensors that told who they are, in the order in which they were met.
    silent
        Recognised devices that did not answer, and why not.
    strangers
        Number of other devices that advertised.
    """

    known: tuple[KnownSensor, ...]
    silent: tuple[tuple[Found, str], ...]
    strangers: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which segments need a sensor, and how a sensor's segment is known.

    Parameters
    ----------
    assigned
        Segments by serial; it goes before the tag.
    """

    segments: frozenset[Segment]
    assigned: Mapping[str, Segment] = field(default_factory=dict)

    def segment_of(self, sensor: KnownSensor) -> Segment | None:
        """Segment that a sensor sits on, None where it cannot be told.

        A tag does not count where another sensor is assigned to its segment.
        """
        if (segment := self.assigned.get(sensor.serial)) is not None:
            return segment
        tagged = segment_from_name(sensor.label)
        return None if tagged in self.assigned.values() else tagged

    def placed(self, known: Collection[KnownSensor]) -> dict[Segment, list[KnownSensor]]:
        """Sensors that were met, by the wanted segment that they sit on."""
        places: dict[Segment, list[KnownSensor]] = {segment: [] for segment in self.segments}
        for sensor in known:
            segment = self.segment_of(sensor)
            if segment in places:
                places[segment].append(sensor)
        return places

    @property
    def by_serial_only(self) -> bool:
        """Whether every wanted segment has a sensor assigned, so that no tag decides."""
        return self.segments <= set(self.assigned.values())


def raise_if_ambiguous(places: Mapping[Segment, Sequence[KnownSensor]]) -> None:
    """Refuse to choose between sensors.

    Raises
    ------
    AmbiguousSensorsError
        Where two sensors claim one segment.
    """
    for segment, sensors in places.items():
        if len(sensors) > 1:
            names = " and ".join(sensor.words for sensor in sensors)
            raise AmbiguousSensorsError(
                f"Two sensors claim the {segment.words}: {names}.",
                "Switch one of them off, or say which is which with 'imu-hip assign'.",
            )


def missing_error(
    missing: Sequence[Segment], roster: Roster, deadline_s: float
) -> SensorsMissingError:
    """Say which segments have no sensor, and what was seen instead."""
    names = " and the ".join(segment.words for segment in missing)
    seen = [sensor.words for sensor in roster.known]
    seen += [f"'{found.name}' at {found.address} ({why})" for found, why in roster.silent]
    if roster.strangers:
        seen.append(f"{roster.strangers} other Bluetooth devices")
    advice = "Switch the missing sensors on, charge them, and keep them near the computer"
    if roster.known:
        advice += "; if all are on, say which sits where with 'imu-hip assign'"
    return SensorsMissingError(
        f"No sensor for the {names} was found in {deadline_s:.0f} s. "
        f"Seen: {'; '.join(seen) or 'nothing at all'}.",
        f"{advice}.",
    )
