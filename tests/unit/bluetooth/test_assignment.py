"""Which sensor sits where: placing, forgetting, and a file that is never lost."""

from pathlib import Path

import pytest

from imu_hip.bluetooth.assignment import (
    Assigned,
    AssignmentError,
    Assignments,
    assignments_path,
    read_assignments,
    segment_of_tag,
    write_assignments,
)
from imu_hip.errors import OutputError
from imu_hip.names import Segment

LEFT = Assigned(Segment.LEFT_THIGH, "Movella DOT", "LT")
RIGHT = Assigned(Segment.RIGHT_THIGH, "Movella DOT", "RT")
GOOD = '[sensors.A1]\nsegment = "left_thigh"\n'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "imu-hip" / "sensors.toml"


def damaged(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(AssignmentError) as caught:
        read_assignments(path)
    assert str(path) in caught.value.what
    return caught.value.what


def test_a_placed_sensor_is_found_by_its_serial():
    assignments = Assignments().set("A1", LEFT).set("B2", RIGHT)
    assert assignments.segment_of("A1") is Segment.LEFT_THIGH
    assert assignments.segment_of("B2") is Segment.RIGHT_THIGH
    assert assignments.segment_of("C3") is None


def test_a_sensor_that_is_placed_again_moves():
    assignments = Assignments().set("A1", LEFT).set("A1", RIGHT)
    assert dict(assignments.sensors) == {"A1": RIGHT}


def test_a_segment_has_one_sensor_and_the_last_placed_stays():
    assignments = Assignments().set("A1", LEFT).set("B2", RIGHT)
    assert assignments.conflicts("C3", Segment.LEFT_THIGH) == ("A1",)
    assert assignments.conflicts("A1", Segment.LEFT_THIGH) == ()
    assert dict(assignments.set("C3", LEFT).sensors) == {"B2": RIGHT, "C3": LEFT}


def test_two_sensors_on_one_segment_cannot_be_built():
    with pytest.raises(ValueError, match="one sensor"):
        Assignments({"A1": LEFT, "B2": LEFT})


def test_forgetting_leaves_the_others_and_the_original():
    before = Assignments().set("A1", LEFT).set("B2", RIGHT)
    assert dict(before.forget("A1").sensors) == {"B2": RIGHT}
    assert before.forget("unknown") == before
    assert "A1" in before.sensors


@pytest.mark.parametrize(
    ("tag", "segment"),
    [
        ("left thigh", Segment.LEFT_THIGH),
        ("R-shin", Segment.RIGHT_SHIN),
        ("pelvis", Segment.PELVIS),
        ("Xsens DOT", None),
        ("thigh", None),
        ("", None),
    ],
)
def test_a_tag_tells_its_segment(tag, segment):
    assert segment_of_tag(tag) is segment


def test_no_file_means_no_sensors(path):
    assert read_assignments(path) == Assignments()


def test_what_is_written_is_read_again(path):
    assignments = Assignments().set("A1", LEFT).set('quote " and \\', Assigned(Segment.PELVIS))
    write_assignments(assignments, path)
    assert read_assignments(path) == assignments
    assert [file.name for file in path.parent.iterdir()] == ["sensors.toml"]


def test_the_configuration_folder_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("IMU_HIP_CONFIG", str(tmp_path))
    assert assignments_path() == tmp_path / "sensors.toml"
    monkeypatch.setenv("IMU_HIP_CONFIG", "")
    assert assignments_path().parent.name == "imu-hip"
    assert assignments_path().is_absolute()


def test_a_file_by_hand_needs_only_the_segment(path):
    path.parent.mkdir()
    path.write_text(f"# mine\n{GOOD}", encoding="utf-8-sig")
    assert read_assignments(path) == Assignments({"A1": Assigned(Segment.LEFT_THIGH)})


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (GOOD + 'model = "cut off', 3, "Unterminated string"),
        (GOOD + "model = \n", 3, "Invalid value"),
        (GOOD + "\n[sensors.A1]\n", 4, "twice"),
        (GOOD + "model = 5\n", 3, "'model' of sensor 'A1' is no text"),
        (GOOD + 'colour = "red"\n', 3, "'colour' of sensor 'A1' is not known"),
        (GOOD + '\n[sensors.B2]\nmodel = "DOT"\n', 4, "sensor 'B2' has no segment"),
        (GOOD + '\n[sensors.B2]\nsegment = "elbow"\n', 5, "'elbow' is no segment"),
        (GOOD + '\n[sensors.B2]\nsegment = "left_thigh"\n', 5, "'A1' and 'B2' are both"),
        (GOOD + '\n[sensors.""]\nsegment = "left_shin"\n', 4, "no table with a serial"),
        ('other = 1\n[sensors.A1]\nsegment = "pelvis"\n', 1, "'other' is not known"),
        ("\nsensors = 3\n", 2, "'sensors' is no table"),
        # The line separator U+2028 is no end of a line in TOML.
        (GOOD + 'model = "\u2028"\ntag = 5\n', 4, "'tag' of sensor 'A1' is no text"),
        (b'# first\n[sensors.A1]\nsegment = "\xff"\n', 3, "UTF-8"),
        ("a = " + "[" * 20_000, 1, ""),
        ("a = 1" + "0" * 10_000, 1, ""),
    ],
)
def test_damage_is_named_with_file_and_line(path, text, line, word):
    what = damaged(path, text)
    assert f"line {line}" in what
    assert word in what


def test_a_damaged_file_is_not_overwritten(path):
    damaged(path, "[sensors")
    with pytest.raises(AssignmentError):
        write_assignments(Assignments().set("A1", LEFT), path)
    assert path.read_text(encoding="utf-8") == "[sensors"


def test_a_folder_in_the_place_of_the_file_is_named(path):
    path.mkdir(parents=True)
    with pytest.raises(AssignmentError, match=r"sensors\.toml cannot be read"):
        read_assignments(path)


def test_a_configuration_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    path = Path(tmp_path / "taken" / "imu-hip" / "sensors.toml")
    with pytest.raises((AssignmentError, OutputError), match="taken"):
        write_assignments(Assignments(), path)
