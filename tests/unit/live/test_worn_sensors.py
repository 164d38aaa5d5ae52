"""Sensors of unknown places are told by what a person moves, step by step."""

from types import SimpleNamespace

import numpy as np
import pytest

from imu_hip.bluetooth.turning import StepMotion, Turning
from imu_hip.guidance.events import Assigned
from imu_hip.guidance.watching import Watching, WatchKind
from imu_hip.live import worn_sensors
from imu_hip.live.worn_sensors import STEP_OF, tell_by_movement
from imu_hip.names import Segment

STEPS = tuple(STEP_OF)
SERIAL_OF = {segment: f"S{number}" for number, segment in enumerate(STEPS)}
MOVED = {
    # Lifting a knee takes its shin along; standing up turns the thighs as well.
    Segment.LEFT_SHIN: {Segment.LEFT_SHIN},
    Segment.LEFT_THIGH: {Segment.LEFT_THIGH, Segment.LEFT_SHIN},
    Segment.RIGHT_SHIN: {Segment.RIGHT_SHIN},
    Segment.RIGHT_THIGH: {Segment.RIGHT_THIGH, Segment.RIGHT_SHIN},
    Segment.PELVIS: {Segment.PELVIS, Segment.LEFT_THIGH, Segment.RIGHT_THIGH},
}


def motion(moved):
    """Ten seconds in which some sensors turn by 300° and the others rest."""
    time_s = np.arange(0.0, 10.0, 0.02)
    turning = {
        serial: Turning(time_s, np.full(len(time_s), 30.0 if segment in moved else 0.5))
        for segment, serial in SERIAL_OF.items()
    }
    return StepMotion(0.0, 9.9, turning)


class Person:
    """Does what is asked, after having done nothing at the first step once."""

    def __init__(self):
        self.guide = None
        self.idle = True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def during(self, _duration_s):
        asked = self.guide.watching.segment
        if self.idle:
            self.idle = False
            return motion(set())
        return motion(MOVED[asked])


class Guide:
    """Asks for one segment after the other, the same again where it was not told."""

    def __init__(self):
        self.told = []
        self._step = 0

    @property
    def watching(self):
        if self._step == len(STEPS):
            return Watching(WatchKind.NONE)
        return Watching(WatchKind.ASSIGN, segment=STEPS[self._step], attempt=len(self.told))

    def tell(self, event):
        self.told.append(event)
        self._step += not event.problem


@pytest.fixture
def person(monkeypatch):
    one = Person()
    monkeypatch.setattr(worn_sensors, "MovingSensors", lambda *_: one)
    return one


async def test_every_sensor_is_told_and_a_bad_step_is_asked_again(person):
    guide = person.guide = Guide()
    sensors = [SimpleNamespace(serial=serial) for serial in SERIAL_OF.values()]
    air = SimpleNamespace(central=None, begin=lambda: None)
    found = await tell_by_movement(air, sensors, guide)
    assert {segment: sensor.serial for segment, sensor in found.items()} == SERIAL_OF
    first, *others = guide.told
    assert first.segment is STEPS[0]
    assert "No sensor turned enough" in first.problem
    assert others == [Assigned(segment) for segment in STEPS]
