"""Asking a simulated person for a whole test on a simulated clock, while all sensors record."""

import numpy as np

from imu_hip.names import Direction, Doing, MarkerLabel, Segment, Side, Task
from imu_hip.recording.recording import Marker, Recording, SensorInfo, SensorStream
from imu_hip.simulation.static_score import TEST_MARKER

LEGS = tuple(segment for segment in Segment if segment is not Segment.PELVIS)


class Guide:
    """Asks a person and samples the sensors while time passes; time stands still otherwise."""

    def __init__(self, person, rate_hz=60.0, segments=LEGS):
        self.person = person
        self.now_s = 0.0
        self.markers = []
        self._rate_hz = rate_hz
        self._rows = 0
        self._felt = {segment: [] for segment in segments}

    def ask(self, doing, side=None, direction=None, *, wait_s):
        """Ask for something, let time pass, and return when it was asked."""
        asked_s = self.now_s
        self.person.ask(doing, side, direction, at_s=asked_s)
        self.wait(wait_s)
        return asked_s

    def wait(self, duration_s):
        """Let time pass and sample `[now, now + duration)`."""
        self.now_s += duration_s
        end = int(np.ceil(self.now_s * self._rate_hz - 1e-9))
        times_s = np.arange(self._rows, end) / self._rate_hz
        self._rows = end
        for segment, felt in self._felt.items():
            felt.append(self.person.movement(segment).at(times_s))

    def mark(self, label, start_s, side=None):
        """Mark the time from then until now."""
        self.markers.append(Marker(label, start_s, self.now_s, side))

    def felt(self, segment):
        """Orientation, acceleration and rate of a sensor, shapes (n, 4), (n, 3) and (n, 3)."""
        parts = self._felt[segment]
        names = ("q_earth_sensor", "acc_mps2", "gyr_dps")
        return tuple(np.concatenate([getattr(part, name) for part in parts]) for name in names)

    def recording(self):
        """Everything until now, with its markers."""
        time_s = np.arange(self._rows) / self._rate_hz
        streams = {
            segment: SensorStream(
                segment, time_s, self._rate_hz, *self.felt(segment), sensor=SensorInfo("simulated")
            )
            for segment in self._felt
        }
        return Recording(streams, tuple(self.markers), "guided", simulated=True)


def calibrate(guide):
    """Stand, sit, and straighten each knee."""
    guide.mark(MarkerLabel.STAND, guide.ask(Doing.STAND, wait_s=5.0))
    guide.ask(Doing.SIT, wait_s=3.5)
    start_s = guide.now_s
    guide.wait(5.0)
    guide.mark(MarkerLabel.SIT, start_s)
    for side in Side:
        start_s = guide.ask(Doing.STRAIGHTEN_KNEE, side, wait_s=9.0)
        guide.ask(Doing.SIT, wait_s=2.5)
        guide.mark(MarkerLabel.KNEE_EXTENSION, start_s, side)


def guide_leg(guide, task, side, repetitions=3):
    """Guide one leg through a test; one more repetition of each movement first is not marked."""
    directions = (None,) if task is Task.CROSS_LEGGED else tuple(Direction)
    if task is Task.PRONE:
        guide.ask(Doing.LIE_FACE_DOWN, wait_s=6.5)
    guide.ask(Doing.BE_READY, side, wait_s=3.5)
    for direction in directions:
        repeat(guide, side, direction)
    start_s = guide.now_s
    for direction in directions:
        for _ in range(repetitions):
            repeat(guide, side, direction)
    guide.mark(TEST_MARKER[task], start_s, side)


def repeat(guide, side, direction, hold_s=1.2):
    """One turn, hold and return; without a direction the leg is crossed."""
    if direction is None:
        guide.ask(Doing.CROSS_LEG, side, wait_s=2.4)
    else:
        guide.ask(Doing.TURN, side, direction, wait_s=1.7)
    guide.wait(hold_s)
    guide.ask(Doing.HOLD, side, direction, wait_s=0.3)
    guide.ask(Doing.RETURN, side, direction, wait_s=2.4 if direction is None else 1.7)
    guide.ask(Doing.BE_READY, side, wait_s=1.0)


def asked_test(person, task, sides=tuple(Side), repetitions=3):
    """A calibration and a test of some legs."""
    guide = Guide(person)
    calibrate(guide)
    for side in sides:
        guide_leg(guide, task, side, repetitions)
    return guide
