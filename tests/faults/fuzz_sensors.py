"""Virtual sensors to talk to, and the form in which an input holds what they say."""

from collections.abc import Generator

import numpy as np

from imu_hip.bluetooth.drivers.driver import Driver, StreamSettings
from imu_hip.bluetooth.drivers.on_sensor import RecordingPlan
from imu_hip.bluetooth.virtual.profiles import Neighbourhood, make_profile
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.simulation.felt import Felt
from tests.dialogues import Conversation

UTC_S = 1_790_000_000
REFUSED, SILENT, LONGEST = 255, 254, 253
"""Lengths that mean no bytes: a refusal, or nothing in time."""


class _Still:
    """A sensor that lies on a table."""

    def at(self, time_s: np.ndarray) -> Felt:
        n = len(time_s)
        return Felt(
            np.tile([1.0, 0.0, 0.0, 0.0], (n, 1)),
            np.tile([0.0, 0.0, 9.8], (n, 1)),
            np.zeros((n, 3)),
        )


def talk(driver: Driver) -> Conversation:
    wanted = VirtualSensorSettings("A1B2C3", tag="left_thigh")
    profile = make_profile(driver.name, wanted, _Still(), UTC_S, neighbourhood=Neighbourhood())
    return Conversation(profile, now_s=UTC_S)


def rate_hz(driver: Driver) -> float:
    return next(rate for rate in driver.sampling_rates_hz if rate >= 50.0)


def settings(driver: Driver, mode: str) -> StreamSettings:
    return StreamSettings(rate_hz(driver), mode)


def chunks(data: bytes) -> Generator[int | bytes, None, None]:
    """Pieces of an input, each led by its length; an `int` says why there are no bytes."""
    at = 0
    while at < len(data):
        size = data[at]
        if size > LONGEST:
            yield size
            at += 1
        else:
            yield data[at + 1 : at + 1 + size]
            at += 1 + size


def chunk(value: bytes | int) -> bytes:
    return bytes([value]) if isinstance(value, int) else bytes([len(value)]) + value


def recorded(driver: Driver) -> tuple[Conversation, bytes]:
    """A sensor that has recorded two seconds, and its file."""
    recorder, sensor = driver.recorder, talk(driver)
    assert recorder is not None
    plan = RecordingPlan(recorded_rate_hz(driver), UTC_S, None, "run_1")
    sensor.run(recorder.start(plan))
    sensor.listen_until(sensor.now_s + 2.0)
    sensor.run(recorder.stop())
    (file,) = sensor.run(recorder.list())
    sensor.run(recorder.download(file, ()))
    data = bytearray(max(keep.end * keep.unit_bytes for keep in sensor.kept))
    for keep in sensor.kept:
        data[keep.start * keep.unit_bytes : keep.end * keep.unit_bytes] = keep.data
    return sensor, bytes(data)


def recorded_rate_hz(driver: Driver) -> float:
    assert driver.recorder is not None
    return next(r for r in driver.recorder.capabilities.sampling_rates_hz if r >= 50.0)
