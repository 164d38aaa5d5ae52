"""Recording from a program: what is refused before any radio is used."""

from pathlib import Path

import pytest

from imu_hip.bluetooth.record_sensors import record_sensors
from imu_hip.errors import OutputError
from imu_hip.names import Segment


async def test_a_recording_that_nothing_would_end_is_refused(tmp_path):
    with pytest.raises(ValueError, match="duration"):
        await record_sensors(tmp_path / "a.parquet", [Segment.LEFT_SHIN])


@pytest.mark.parametrize("name", ["a.csv", "no_folder/a.parquet"])
async def test_a_target_that_cannot_be_is_refused_at_once(tmp_path, name):
    with pytest.raises(OutputError):
        await record_sensors(tmp_path / Path(name), [Segment.LEFT_SHIN], duration_s=1.0)
