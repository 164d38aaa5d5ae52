"""What a sensor calls itself is no path."""

import pytest

from imu_hip.cli.on_sensor_download import raw_name
from imu_hip.names import Segment


@pytest.mark.parametrize("serial", ["../../x", "/etc/x", "..\\..\\x", "a/b", "\0", "C:/x", "é/.."])
def test_no_serial_leads_out_of_the_folder(tmp_path, serial):
    name = raw_name(Segment.LEFT_THIGH, serial, "walk")
    assert not {"/", "\\", "\0"} & set(name)
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()


def test_usual_serials_stay():
    name = raw_name(Segment.LEFT_THIGH, "D4:22:CD:00-AB12", "walk_1")
    assert name == "left_thigh_D4:22:CD:00-AB12_walk_1.bin"
