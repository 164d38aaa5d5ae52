"""C3D files made byte by byte, by ezc3d and by our own export."""

import struct

import numpy as np
import pytest

from imu_hip.analysis.results import AngleTable
from imu_hip.errors import ImuHipError
from imu_hip.exchange.angle_columns import Angle
from imu_hip.exchange.angle_reading import read_angle_file
from imu_hip.exchange.c3d_angles import write_c3d
from imu_hip.names import Side

FRAMES = 20
LABELS = ("Anna:LHipAngles", "RKneeAngles", "LASI")
HIP = (Angle.HIP_FLEXION, Angle.HIP_ADDUCTION, Angle.HIP_ROTATION)
FIRST_DEG = (10.0, -5.0, 3.0)


def points():
    """Angles that rise by 1 and 2 degrees a frame; the knee is missing in frame 4."""
    values = np.zeros((FRAMES, len(LABELS), 4))
    values[:, 0, :3] = np.array(FIRST_DEG) + np.arange(FRAMES)[:, None]
    values[:, 1, 0] = 2.0 * np.arange(FRAMES)
    values[4, 1, 3] = -1.0
    return values


def group(order, number, name):
    return struct.pack(f"{order}bb", len(name), -number) + name + struct.pack(f"{order}hB", 3, 0)


def parameter(order, number, name, kind, sizes, body):
    rest = struct.pack(f"{order}bB{len(sizes)}B", kind, len(sizes), *sizes) + body + b"\0"
    head = struct.pack(f"{order}bb", len(name), number) + name
    return head + struct.pack(f"{order}h", len(rest) + 2) + rest


def c3d_bytes(order="<", scale=-1.0, analog=3, unit=b"deg"):
    """A file as the format's guide describes it: header, parameters, data from the fourth block."""
    texts = b"".join(label.encode().ljust(16) for label in LABELS)
    body = (
        group(order, 1, b"POINT")
        + parameter(order, 1, b"LABELS", -1, (16, len(LABELS)), texts)
        + parameter(order, 1, b"RATE", 4, (), struct.pack(f"{order}f", 100.0))
        + parameter(order, 1, b"ANGLE_UNITS", -1, (len(unit),), unit)
    )
    processor = {"<": 84, ">": 86}[order]
    block = (struct.pack("BBBB", 1, 0x50, 1, processor) + body).ljust(512, b"\0")
    head = struct.pack(
        f"{order}BBHHHHHfHHf", 2, 0x50, len(LABELS), analog, 31, 30 + FRAMES, 0, scale, 4, 1, 100.0
    ).ljust(512, b"\0")
    kind = f"{order}f4" if scale < 0 else f"{order}i2"
    values = points()
    if scale > 0:
        values[..., :3] /= scale
    frames = np.concatenate((values.reshape(FRAMES, -1), np.full((FRAMES, analog), 7.0)), axis=1)
    return head + block + b"\0" * 512 + frames.astype(kind).tobytes()


def assert_angles(found):
    np.testing.assert_allclose(np.diff(found.time_s), 0.01)
    for angle, first in zip(HIP, FIRST_DEG, strict=True):
        np.testing.assert_allclose(found.values[(Side.LEFT, angle)], first + np.arange(FRAMES))
    knee = found.values[(Side.RIGHT, Angle.KNEE_FLEXION)]
    assert np.flatnonzero(np.isnan(knee)).tolist() == [4]
    assert knee[5] == 10.0
    # The other components of the knee are zero in every frame: they were not measured.
    assert len(found.values) == 4
    assert found.others == ("LASI",)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("scale", [-1.0, 0.5])
def test_floats_and_integers_of_both_byte_orders(tmp_path, order, scale):
    path = tmp_path / "a.c3d"
    path.write_bytes(c3d_bytes(order, scale))
    found = read_angle_file(path)
    assert_angles(found)
    # The first of the frames is number 31 of the trial, 0.3 s after its start.
    assert found.time_s[0] == pytest.approx(0.3)


def test_radians_are_converted_and_said(tmp_path):
    path = tmp_path / "a.c3d"
    path.write_bytes(c3d_bytes(unit=b"rad"))
    found = read_angle_file(path)
    first = found.values[(Side.LEFT, Angle.HIP_FLEXION)][0]
    assert first == pytest.approx(np.degrees(10.0))
    assert "radians" in found.notes[0]


def test_a_file_of_ezc3d(tmp_path):
    ezc3d = pytest.importorskip("ezc3d")
    file = ezc3d.c3d()
    values = points()
    file["data"]["points"] = np.moveaxis(values, 0, 2).swapaxes(0, 1)
    file["data"]["meta_points"]["residuals"] = values[:, :, 3].T[None]
    file.add_parameter("POINT", "RATE", [100.0])
    file.add_parameter("POINT", "LABELS", list(LABELS))
    path = tmp_path / "a.c3d"
    file.write(str(path))
    assert_angles(read_angle_file(path))


def test_our_own_export_comes_back_with_its_times(tmp_path):
    pytest.importorskip("ezc3d")
    time_s = 2.5 + np.arange(40) / 60
    columns = {
        "left_knee_flexion_deg": 30.0 + np.arange(40.0),
        "right_femoral_rotation_deg": np.where(np.arange(40) < 5, np.nan, -4.0),
    }
    path = tmp_path / "a.c3d"
    write_c3d(AngleTable(time_s, 60.0, columns), path)
    found = read_angle_file(path)
    np.testing.assert_allclose(found.time_s, time_s, atol=1e-5)
    knee = found.values[(Side.LEFT, Angle.KNEE_FLEXION)]
    np.testing.assert_allclose(knee, columns["left_knee_flexion_deg"])
    np.testing.assert_allclose(
        found.values[(Side.RIGHT, Angle.FEMORAL_ROTATION)], columns["right_femoral_rotation_deg"]
    )


def damaged(at, by):
    data = bytearray(c3d_bytes())
    data[at : at + len(by)] = by
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (c3d_bytes()[:1000], "no header"),
        (c3d_bytes()[:-200], "should have 20 frames and has"),
        (damaged(512 + 3, b"\x55"), "DEC"),
        (damaged(0, b"\xff"), "outside the file"),
        (damaged(512 + 4 + 10, b"\x7f"), "cannot be read as C3D"),
        (c3d_bytes().replace(b"LHipAngles", b"LHipAngled").replace(b"RKneeA", b"RNeckA"), "LASI"),
    ],
)
def test_damage_is_one_sentence(tmp_path, data, words):
    path = tmp_path / "a.c3d"
    path.write_bytes(data)
    with pytest.raises(ImuHipError, match=words):
        read_angle_file(path)
