"""What a person is told of a recording that was made of a journal, a sentence each."""

from collections.abc import Sequence

import numpy as np

from imu_hip.recording.journal import JournalSensor
from imu_hip.recording.journal_reading import Journal, SensorRows

MOST_EVENTS = 20
"""A person reads no more; the journal of a bad evening has hundreds."""

_WORDS = {
    "q_earth_sensor": "orientation",
    "acc_mps2": "acceleration",
    "gyr_dps": "angular velocity",
    "mag_au": "magnetic field",
}


def silent(sensors: Sequence[JournalSensor]) -> list[str]:
    """Which sensors sent nothing that can be used."""
    return [f"The {sensor.segment.words} sensor sent nothing." for sensor in sensors]


def caveats(sensors: Sequence[JournalSensor]) -> list[str]:
    """What has to be known of kinds of sensors, once for all of a kind."""
    places: dict[str, list[str]] = {}
    for sensor in sensors:
        places.setdefault(sensor.caveat, []).append(sensor.segment.words)
    return [
        f"{', '.join(words).capitalize()}: {caveat}." for caveat, words in places.items() if caveat
    ]


def lost(sensor: JournalSensor, count: int, arrived: int) -> str:
    """How many samples were lost, empty where none was."""
    if not count:
        return ""
    sent = count + arrived
    return (
        f"The {sensor.segment.words} sensor lost {count} of {sent} samples "
        f"({100.0 * count / sent:.2g} %)."
    )


def clipped(sensor: JournalSensor, rows: SensorRows) -> str:
    """How often the range was left, empty where it never was."""
    count = int(np.count_nonzero(rows.clipping))
    if not count:
        return ""
    return f"The {sensor.segment.words} sensor reached the end of its range in {count} samples."


def left_out(sensor: JournalSensor, rows: SensorRows) -> list[str]:
    """Quantities that only some samples have, as after a change of what is streamed."""
    return [
        f"The {_WORDS[name]} of the {sensor.segment.words} sensor is left out: only some samples "
        "have it."
        for name in rows.partial
    ]


def happened(journal: Journal, origin_s: float) -> list[str]:
    """What happened meanwhile, by the time since `origin_s` of the host's clock."""
    told = [
        f"At {max(event.arrival_ns / 1e9 - origin_s, 0.0):.1f} s: {event.text}"
        for event in journal.events
    ]
    further = len(told) - MOST_EVENTS
    return told if further <= 0 else [*told[:MOST_EVENTS], f"{further} more things happened."]
