"""A simulated session fed to the live numbers as sensors would send it."""

from dataclasses import dataclass, field

import numpy as np

from imu_hip.analysis.live_calibration import LABEL, LiveCalibration, calibrate
from imu_hip.analysis.live_untwisted import TestMemory
from imu_hip.analysis.pose_watch import PoseSeen, PoseWatch
from imu_hip.kinematics.live_chain import LegChain
from imu_hip.kinematics.live_orientation import LiveOrientation
from imu_hip.kinematics.pipeline import ChainParameters
from imu_hip.measures.cross_legged import CROSSING
from imu_hip.measures.live_repetitions import LiveRepetitions, RepetitionDone
from imu_hip.measures.repetitions import RepetitionParameters
from imu_hip.names import SHIN, THIGH, Doing, MarkerLabel, Side, Task
from imu_hip.recording.live_grid import LiveGrid, LiveSamples
from imu_hip.recording.recording import Marker, Recording

POSE = {
    MarkerLabel.STAND: Doing.STAND,
    MarkerLabel.SIT: Doing.SIT,
    MarkerLabel.KNEE_EXTENSION: Doing.STRAIGHTEN_KNEE,
}
TEST = {
    MarkerLabel.SEATED: Task.SEATED,
    MarkerLabel.PRONE: Task.PRONE,
    MarkerLabel.CROSS_LEGGED: Task.CROSS_LEGGED,
}


def live_samples(stream, start=0, end=None):
    """Samples `[start, end)` of a stream as they would come."""
    rows = slice(start, end)
    parts = (stream.acc_mps2, stream.gyr_dps, stream.q_earth_sensor)
    return LiveSamples(stream.time_s[rows], *(p if p is None else p[rows] for p in parts))


@dataclass
class LiveRun:
    """What the live numbers said in a session."""

    calibration: dict[Side, LiveCalibration] = field(default_factory=dict)
    poses: list[PoseSeen] = field(default_factory=list)
    events: dict[Side, list] = field(default_factory=lambda: {side: [] for side in Side})
    corrected: dict[Side, tuple] = field(default_factory=dict)
    memory: dict[Side, TestMemory] = field(default_factory=dict)
    markers: list[Marker] = field(default_factory=list)

    def told(self, side):
        """Repetitions as they were told at once."""
        return [e.repetition for e in self.events[side] if isinstance(e, RepetitionDone)]


def run_live(recording: Recording, feed_s=0.05, rate_hz=60.0, hold_s=1.0) -> LiveRun:
    """Feed a recording in pieces of `feed_s`, doing what its markers say."""
    person = _Person(recording, rate_hz, hold_s)
    begun = dict.fromkeys(recording.streams, 0)
    for now_s in np.arange(recording.start_s + feed_s, recording.end_s + feed_s, feed_s):
        fresh = {}
        for segment, stream in recording.streams.items():
            end = int(np.searchsorted(stream.time_s, now_s))
            if end > begun[segment]:
                fresh[segment] = live_samples(stream, begun[segment], end)
                begun[segment] = end
        person.goes_on(now_s)
        person.feel(fresh)
    run = person.run
    for side, memory in run.memory.items():
        run.corrected[side] = memory.corrected(run.told(side))
    return run


class _Person:
    """Who does what the markers of a recording say, watched live."""

    def __init__(self, recording, rate_hz, hold_s):
        self.run, self.rate_hz, self.hold_s = LiveRun(), rate_hz, hold_s
        self.pending = sorted(recording.markers, key=lambda m: m.start_s)
        self.active: Marker | None = None
        self.grid = LiveGrid(recording.streams, rate_hz)
        self.sensors = {segment: LiveOrientation(rate_hz) for segment in recording.streams}
        self.watch = PoseWatch(tuple(Side), rate_hz)
        self.chains: dict[Side, LegChain] = {}
        self.tests: dict[Side, LiveRepetitions] = {}

    def goes_on(self, now_s):
        if self.active is not None and now_s > self.active.end_s:
            self.active = None
        while self.pending and self.pending[0].start_s <= now_s:
            self.active = marker = self.pending.pop(0)
            if marker.label in POSE:
                self.watch.begin(POSE[marker.label], marker.side)
            elif marker.label in TEST:
                self._begin_test(marker)

    def _begin_test(self, marker):
        if not self.chains:
            self._calibrate()
        self.run.markers.append(marker)
        side, task = marker.side, TEST[marker.label]
        rules = CROSSING if task is Task.CROSS_LEGGED else RepetitionParameters()
        leg = self.run.calibration[side].leg
        self.tests[side] = LiveRepetitions(task, rules, self.hold_s, self.rate_hz)
        self.run.memory[side] = TestMemory(task, side, leg, rules, self.rate_hz)

    def _calibrate(self):
        self.run.calibration = calibrate(self.watch)
        self.chains = {
            side: LegChain(one.leg, side, ChainParameters(self.rate_hz))
            for side, one in self.run.calibration.items()
        }
        self.run.markers += [
            Marker(LABEL[taken.doing], taken.start_s, taken.end_s, taken.side)
            for taken in self.watch.taken.values()
        ]

    def feel(self, fresh):
        for side, block in self.grid.feed(fresh).items():
            thigh = self.sensors[THIGH[side]].feed(block.thigh)
            shin = self.sensors[SHIN[side]].feed(block.shin)
            if not self.chains:
                self.watch.feed(side, block.time_s, thigh, shin)
                if self.active is not None and self.active.label in POSE:
                    self.run.poses.append(self.watch.seen())
                continue
            angles = self.chains[side].feed(thigh.q_earth_sensor, shin.q_earth_sensor)
            if self.active is not None and self.active.side is side:
                tested = self.run.memory[side].feed(block.time_s, thigh, shin, angles)
                self.run.events[side] += self.tests[side].feed(tested)
