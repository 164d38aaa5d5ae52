"""Recordings on virtual sensors whose samples tell the true time at which they were taken."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from imu_hip.bluetooth import on_sensor
from imu_hip.bluetooth.backends import Backends
from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.downloaded import one_recording, read_stored
from imu_hip.bluetooth.drivers.on_sensor import RecordingPlan
from imu_hip.bluetooth.drivers.registry import DRIVERS, driver_named
from imu_hip.bluetooth.fetch import fetch
from imu_hip.bluetooth.on_sensor import common_rate_hz
from imu_hip.bluetooth.on_sensor_start import start
from imu_hip.bluetooth.roster import find_wanted
from imu_hip.bluetooth.virtual.dot import VirtualDot
from imu_hip.bluetooth.virtual.plan import parse_plan
from imu_hip.bluetooth.virtual.profiles import is_recording
from imu_hip.bluetooth.virtual.world import VirtualWorld, steady_utc_clock
from imu_hip.bluetooth.visit import Worn
from imu_hip.bluetooth.wanted import Wanted
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.recording import Recording, SensorStream

LEGS = tuple(segment for segment in Segment if segment is not Segment.PELVIS)
FASTEST_DPS = 1900.0
"""Below the range of every sensor."""


class MovableClock:
    """True time that can be moved on: minutes pass at once, while links stay as slow as ever."""

    def __init__(self):
        self._usual = steady_utc_clock()
        self._ahead_s = 0.0

    def __call__(self):
        return self._usual() + self._ahead_s

    async def pass_by(self, duration_s):
        """Let time pass for the sensors; it takes none here."""
        self._ahead_s += duration_s


@dataclass(frozen=True, slots=True)
class TellingTurn:
    """A turn of all sensors about x that gets steadily faster, so that its rate tells the time."""

    duration_s: float

    @property
    def recording(self):
        """What four sensors feel."""
        time_s = np.linspace(0.0, self.duration_s, round(10.0 * self.duration_s) + 1)
        still = np.zeros((len(time_s), 3))
        gyr_dps = still + np.array([FASTEST_DPS / self.duration_s, 0.0, 0.0]) * time_s[:, None]
        acc_mps2 = still + np.array([0.0, 0.0, GRAVITY_MPS2])
        q = np.zeros((len(time_s), 4)) + np.array([1.0, 0.0, 0.0, 0.0])
        streams = {
            segment: SensorStream(
                segment, time_s, 10.0, acc_mps2=acc_mps2, gyr_dps=gyr_dps, q_earth_sensor=q
            )
            for segment in LEGS
        }
        return Recording(streams, source="a turn that tells the time", simulated=True)

    def true_s(self, stream):
        """When each sample was taken, since the turn began; not before and after the turn."""
        rate_dps = stream.gyr_dps[:, 0]
        turns = (rate_dps > 1.0) & (rate_dps < FASTEST_DPS - 1.0)
        return np.where(turns, rate_dps / FASTEST_DPS * self.duration_s, np.nan)

    def pairwise_errors_s(self, recording):
        """Differences of the time errors of all pairs of sensors, ten times a second."""
        errors = []
        when_s = np.arange(0.01, 0.99, 0.1 / self.duration_s) * self.duration_s
        for stream in recording.streams.values():
            true_s = self.true_s(stream)
            known = np.isfinite(true_s)
            late_s = stream.time_s[known] - true_s[known]
            errors.append(np.interp(when_s, true_s[known], late_s, np.nan, np.nan))
        pairs = [errors[i] - errors[j] for i in range(len(errors)) for j in range(i)]
        found = np.abs(np.concatenate(pairs))
        return found[np.isfinite(found)]


class Person:
    """Somebody with virtual sensors on all of whom a telling turn is felt, and a computer.

    Parameters
    ----------
    description
        Of the virtual sensors, such as `dot,lost=0.01`.
    """

    def __init__(self, description, segments, duration_s, settings=None):
        self.turn = TellingTurn(duration_s)
        self.clock = MovableClock()
        streams = {s: self.turn.recording.streams[s] for s in segments}
        recording = replace(self.turn.recording, streams=streams)
        self.world = VirtualWorld(parse_plan(description), recording, settings, clock=self.clock)
        backends = self.world.backends
        self.central = Central(Backends(backends.scanner, backends.client))
        self.told = []
        self.tell = self.told.append

    async def __aenter__(self):
        await self.world.__aenter__()
        wanted = Wanted(frozenset(self.world.sensors), self.world.assigned)
        found = await find_wanted(self.central, DRIVERS, wanted)
        self.worn = tuple(Worn(segment, found[segment]) for segment in self.world.sensors)
        return self

    async def __aexit__(self, *error):
        await self.world.__aexit__(*error)

    def begin(self):
        """Begin to turn now, while the sensors record."""
        self.world.stage.began_s = self.clock()

    async def start(self, folder, *, rate_hz=None, duration_s=None, sync=True, pause=None):
        """Start a recording on all sensors."""
        now_s = self.clock()
        name = datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%d_%H%M%S")
        rate_hz = rate_hz or common_rate_hz(self.worn)
        plan = RecordingPlan(rate_hz, int(now_s), duration_s, name)
        return await start(
            self.central,
            self.worn,
            plan,
            folder=folder,
            sync=sync,
            tell=self.tell,
            pause=pause or self.clock.pass_by,
        )

    def stored(self, segment, file):
        """Just what a sensor holds of a file."""
        profile = self.world.sensors[segment].profile
        if isinstance(profile, VirtualDot):
            return profile.messages.stored(int(file.key))
        return bytes(profile.memory.files[file.key])

    def records(self, segment):
        """Whether a sensor records now, by its own account."""
        profile = self.world.sensors[segment].profile
        profile.notifications(self.clock())
        return is_recording(profile)

    async def fetch(self, worn, session, folder, *, lost_links=0, report=lambda _: None):
        """Fetch a sensor's file of a session, losing the link some times on the way."""
        file = session.file_of(await on_sensor.files(self.central, worn))
        expected = file.size_bytes or round(file.duration_s * session.sampling_rate_hz)
        address = worn.sensor.found.address
        lost = 0

        def watch(progress):
            nonlocal lost
            report(progress)
            if lost < lost_links and progress.units > expected * (lost + 1) / (lost_links + 1):
                lost += 1
                self.world.radio.drop_link(address)

        path = folder / f"{worn.segment}_{session.name}.bin"
        await fetch(self.central, worn, file, path, expected_units=expected, report=watch)
        assert lost == lost_links
        assert path.read_bytes() == self.stored(worn.segment, file)
        return path

    async def copy(self, worn, session, folder):
        """Take a sensor's file without its radio."""
        file = session.file_of(await on_sensor.files(self.central, worn))
        path = folder / f"{worn.segment}_{session.name}.bin"
        path.write_bytes(self.stored(worn.segment, file))
        return path

    def join(self, session, paths):
        """One recording of fetched files, by segment."""
        drivers = {sensor.driver: driver_named(sensor.driver) for sensor in session.sensors}
        stored = [
            read_stored(sensor, drivers[sensor.driver], paths[sensor.segment].read_bytes())
            for sensor in session.sensors
        ]
        return one_recording(session, stored, drivers, simulated=True)
