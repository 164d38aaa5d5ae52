import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import conjugate, multiply, rotate
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.isen import earth_from_euler_deg

N = 20


def header(*sensors):
    axes = [f"{name} {axis}::Y" for name in sensors for axis in "XYZ"]
    return ",".join(("Tiempo", *axes, "Tiempo", *axes, "Tiempo", *(f"{s}::Y" for s in sensors)))


def isen_text(*sensors, angles=(10.0, 20.0, 30.0), blocks_end=5):
    """The first block is shorter than the others by `blocks_end` rows."""
    rows = []
    for i in range(N + blocks_end):
        block = [str(angle) for _ in sensors for angle in angles]
        first = block if i < N else [""] * len(block)
        rows.append(
            ",".join((f"{i / 100}", *first, f"{i / 200}", *block, "0", *sensors_end(sensors)))
        )
    return "\n".join((header(*sensors), *rows))


def sensors_end(sensors):
    return ["1" for _ in sensors]


@pytest.fixture
def write(tmp_path):
    def write(text, name="export.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_angles_are_those_of_scipy_mirrored_with_the_earth_turned_upright():
    rng = np.random.default_rng(2)
    x, y, z = rng.uniform(-180, 180, (3, 50))
    upright = Rotation.from_euler("x", 90, degrees=True)
    mirror = np.diag([-1.0, 1.0, 1.0])
    left_handed = Rotation.from_euler("YZX", np.column_stack((y, z, x)), degrees=True)
    expected = upright * Rotation.from_matrix(mirror @ left_handed.as_matrix() @ mirror)
    q = earth_from_euler_deg(x, y, z)
    dots = np.sum(q * expected.as_quat()[:, [3, 0, 1, 2]], axis=1)
    np.testing.assert_allclose(np.abs(dots), 1.0, atol=1e-12)


def test_the_first_block_of_known_sensors_is_read(write):
    read = open_recording(write(isen_text("GASPEITE", "LEO")))
    assert list(read.streams) == [Segment.LEFT_THIGH, Segment.RIGHT_THIGH]
    thigh = read.streams[Segment.RIGHT_THIGH]
    assert len(thigh.time_s) == N
    assert thigh.sampling_rate_hz == 100.0
    assert thigh.acc_mps2 is None
    assert thigh.sensor.serial == "GASPEITE"


def test_other_sensors_need_a_map(write):
    path = write(isen_text("OPAL", "RUBY"))
    with pytest.raises(RecordingError, match=r"OPAL, RUBY.*export\.segments\.csv.*sensor,segment"):
        open_recording(path)
    write("sensor,segment\nOPAL,left_shin\nRUBY,Right_Shin\n", "export.segments.csv")
    assert list(open_recording(path).streams) == [Segment.LEFT_SHIN, Segment.RIGHT_SHIN]


@pytest.mark.parametrize(
    ("rows", "pattern"),
    [
        ("OPAL,left_arm", "line 2: 'left_arm' is not a segment"),
        ("OPAL,left_shin\nRUBY,left_shin", "OPAL and RUBY are both on the left shin"),
        ("OPAL,left_shin", "not known.*RUBY"),
    ],
)
def test_a_wrong_map_is_refused(write, rows, pattern):
    path = write(isen_text("OPAL", "RUBY"))
    write(f"sensor,segment\n{rows}\n", "export.segments.csv")
    with pytest.raises(RecordingError, match=pattern):
        open_recording(path)


def test_a_wrong_cell_is_named_with_its_line(write):
    lines = isen_text("LEO").split("\n")
    lines[3] = lines[3].replace("20.0", "?", 1)
    with pytest.raises(RecordingError, match=r"line 4, column LEO Y::Y: '\?' is not a number"):
        open_recording(write("\n".join(lines)))


def test_an_empty_cell_inside_the_block_is_named(write):
    lines = isen_text("LEO").split("\n")
    lines[3] = lines[3].replace("20.0", "", 1)
    with pytest.raises(RecordingError, match="line 4, column LEO Y::Y is empty"):
        open_recording(write("\n".join(lines)))


def test_the_reference_recording_stands_upright(reference_data):
    read = open_recording(reference_data / "isen")
    assert list(read.streams) == list(Segment)
    ups = {}
    for segment, stream in read.streams.items():
        assert stream.sampling_rate_hz == 100.0
        assert stream.duration_s == pytest.approx(36.4, abs=0.1)
        up = rotate(conjugate(stream.q_earth_sensor), np.array([0.0, 0.0, 1.0]))
        tilt_deg = np.degrees(np.arccos(np.clip(up @ up[0], -1, 1)))
        assert tilt_deg[stream.time_s < 6].max() < 0.6, segment
        ups[segment] = up[0]
    # All sensors hang with the same axis along the body.
    assert all(up[0] > 0.9 for up in ups.values())


def test_the_hip_of_the_reference_recording_flexes(reference_data):
    read = open_recording(reference_data / "isen")
    pelvis, thigh = read.streams[Segment.PELVIS], read.streams[Segment.RIGHT_THIGH]
    q_pelvis_thigh = multiply(conjugate(pelvis.q_earth_sensor), thigh.q_earth_sensor)
    turned = multiply(conjugate(q_pelvis_thigh[:1]), q_pelvis_thigh)
    angle_deg = 2 * np.degrees(np.arccos(np.clip(np.abs(turned[:, 0]), 0, 1)))
    moving = (thigh.time_s > 6) & (thigh.time_s < 26)
    assert angle_deg[thigh.time_s < 6].max() < 1.0
    # 57° of flexion by the vendor's own angles, with some rotation and adduction.
    assert 55 < angle_deg[moving].max() < 70
