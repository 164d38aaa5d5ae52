"""What a journal is told of a capture: who is recorded, and each sample."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from imu_hip.bluetooth.capture import Captured, Placed
from imu_hip.names import Segment
from imu_hip.recording.journal import JournalHeader, JournalRow, JournalSensor
from imu_hip.recording.recording import SensorInfo


def journal_header(placed: Sequence[Placed], source: str, *, simulated: bool) -> JournalHeader:
    """What is known of a recording when it begins."""
    sensors = tuple(_journal_sensor(one) for one in placed)
    details = {
        "modes": {one.segment.value: one.settings.mode for one in placed},
        "tags": {one.segment.value: one.sensor.identity.tag for one in placed},
        "battery_percent": {
            one.segment.value: one.sensor.battery.level_percent
            for one in placed
            if one.sensor.battery is not None
        },
    }
    started_utc = datetime.now(UTC).isoformat(timespec="seconds")
    return JournalHeader(started_utc, sensors, source, simulated, details)


def _journal_sensor(placed: Placed) -> JournalSensor:
    driver, identity = placed.sensor.found.driver, placed.sensor.identity
    return JournalSensor(
        placed.segment,
        placed.settings.sampling_rate_hz,
        SensorInfo(identity.model, placed.sensor.serial, identity.firmware),
        driver.clock.tick_s,
        caveat=driver.caveat,
    )


def rows_of(captured: Captured, place_of: Mapping[Segment, int]) -> list[JournalRow]:
    """The journal's rows of captured samples."""
    return [
        JournalRow(
            place_of[segment],
            taken.epoch,
            taken.tick,
            taken.sequence,
            taken.arrival_ns,
            taken.sample.q_earth_sensor,
            taken.sample.acc_mps2,
            taken.sample.gyr_dps,
            taken.sample.mag_au,
            int(taken.sample.clipping),
        )
        for segment, samples in captured.samples.items()
        for taken in samples
    ]
