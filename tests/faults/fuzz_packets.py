"""What sensors send unasked: notifications of a stream, files of their memory, advertisements."""

import math
from collections.abc import Callable, Sequence

from imu_hip.bluetooth.downloaded import one_recording, read_stored
from imu_hip.bluetooth.drivers.driver import Advertised, Driver
from imu_hip.bluetooth.drivers.registry import DRIVERS, recognise
from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.bluetooth.on_sensor_session import OnSensorSession, SessionSensor
from imu_hip.errors import ImuHipError
from imu_hip.names import Segment
from tests.faults.fuzz_sensors import (
    UTC_S,
    chunk,
    chunks,
    recorded,
    recorded_rate_hz,
    settings,
    talk,
)
from tests.faults.fuzz_target import Target, WrongNumberError, require_possible, runner


def _stream_seeds(driver: Driver) -> Callable[[], Sequence[bytes]]:
    """Half a second of notifications in each mode, which is the first byte."""

    def seeds() -> Sequence[bytes]:
        made = []
        for place, mode in enumerate(driver.modes):
            sensor = talk(driver)
            sensor.run(driver.start(settings(driver, mode)))
            heard = sensor.listen_until(sensor.now_s + 0.5)
            uuids = driver.stream_characteristics(settings(driver, mode))
            values = [note.value for note in heard if note.uuid in uuids and len(note.value) < 250]
            made.append(bytes([place]) + b"".join(map(chunk, values[:12])))
        return made

    return seeds


def _stream(driver: Driver) -> Callable[[bytes], None]:
    """Decode notifications; nothing of it may raise, and no sample may be impossible."""
    modes = list(driver.modes)

    def run(data: bytes) -> None:
        wanted = settings(driver, modes[data[0] % len(modes) if data else 0])
        decoder = driver.decoder(wanted)
        uuids = driver.stream_characteristics(wanted)
        for value in chunks(data[1:]):
            if isinstance(value, bytes):
                _require_samples(decoder.feed(uuids[0], value))

    return run


def _require_samples(items: Sequence[Sample | Skipped]) -> None:
    for item in items:
        if isinstance(item, Skipped):
            continue
        for vector, limit in (
            (item.q_earth_sensor, 1.02),
            (item.acc_mps2, 1000.0),
            (item.gyr_dps, 10_000.0),
            (item.mag_au, 1e6),
        ):
            if vector is not None and not all(abs(value) <= limit for value in vector):
                raise WrongNumberError(f"a sample of {vector}")
        q = item.q_earth_sensor
        if q is not None and abs(math.hypot(*q) - 1.0) > 0.02:
            raise WrongNumberError(f"an orientation {q}")


def _stored_seeds(driver: Driver) -> Callable[[], Sequence[bytes]]:
    def seeds() -> Sequence[bytes]:
        return [recorded(driver)[1]]

    return seeds


def _stored(driver: Driver) -> Callable[[bytes], None]:
    """Read a file of a sensor's memory into a recording."""
    sensor = SessionSensor(Segment.LEFT_THIGH, "A1", driver.name)
    session = OnSensorSession("run_1", UTC_S, recorded_rate_hz(driver), None, "", (sensor,))

    def run(data: bytes) -> None:
        assert driver.recorder is not None
        _require_samples(driver.recorder.samples(data))
        stored = read_stored(sensor, driver, data)
        require_possible(one_recording(session, [stored], {driver.name: driver}))

    return run


def _advertised(data: bytes) -> None:
    """Look at an advertisement: a name and manufacturer data as any device may send them."""
    name, _, rest = data.partition(b"\x00")
    services = frozenset(part.decode("latin-1") for part in rest[2:].split(b"\x00"))
    number = int.from_bytes(rest[:2], "little")
    driver = recognise(Advertised(name.decode("utf-8", "replace"), {number: rest[2:]}, services))
    assert driver is None or driver in DRIVERS


def _of(driver: Driver) -> tuple[Target, ...]:
    covers = (driver.name,)
    stream = Target(
        f"{driver.name} stream", _stream_seeds(driver), runner(_stream(driver)), (), covers, 1.5
    )
    if driver.recorder is None:
        return (stream,)
    stored = Target(
        f"{driver.name} stored file",
        _stored_seeds(driver),
        runner(_stored(driver)),
        (ImuHipError,),
        covers,
    )
    return (stream, stored)


PACKETS = (
    *(target for driver in DRIVERS for target in _of(driver)),
    Target(
        "advertisements",
        lambda: [
            b"Movella DOT\x00\x86\x08abc",
            b"IMU_A1B2C3\x00\x00\x00",
            b"WT901BLE\x00\x01\x02x",
        ],
        runner(_advertised),
        (),
        tuple(driver.name for driver in DRIVERS),
    ),
)
