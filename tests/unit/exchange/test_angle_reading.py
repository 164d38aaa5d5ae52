"""Angle files of other tools: what the columns mean, units, signs, and what is refused."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.errors import ImuHipError
from imu_hip.exchange.angle_columns import Angle
from imu_hip.exchange.angle_file import AngleFileError
from imu_hip.exchange.angle_names import meaning_of
from imu_hip.exchange.angle_reading import is_angle_file, read_angle_file
from imu_hip.exchange.opensim_femur import PELVIS
from imu_hip.names import Side

LEFT_KNEE = (Side.LEFT, Angle.KNEE_FLEXION)
RIGHT_HIP = (Side.RIGHT, Angle.HIP_ROTATION)
TIME_S = np.arange(50) / 50


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def mot(columns, degrees="yes"):
    names = "\t".join(("time", *columns))
    rows = [
        "\t".join(map(repr, map(float, row))) for row in zip(TIME_S, *columns.values(), strict=True)
    ]
    says = [f"inDegrees={degrees}"] if degrees else []
    head = ["Coordinates", "version=1", *says]
    return "\n".join((*head, "endheader", names, *rows, ""))


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("left_hip_rotation_deg", (Side.LEFT, Angle.HIP_ROTATION)),
        ("hip_adduction_r", (Side.RIGHT, Angle.HIP_ADDUCTION)),
        ("knee_angle_l", LEFT_KNEE),
        ("/jointset/walker_knee_l/knee_angle_l/value", LEFT_KNEE),
        ("Left knee flexion (deg)", LEFT_KNEE),
        ("R_Femoral-Rotation [rad]", (Side.RIGHT, Angle.FEMORAL_ROTATION)),
        ("right_shin_slope", (Side.RIGHT, Angle.SHIN_SLOPE)),
    ],
)
def test_names_that_are_understood(column, key):
    meaning = meaning_of(column)
    assert meaning.key == key
    assert meaning.in_radians == (True if "rad" in column else (False if "deg" in column else None))


@pytest.mark.parametrize(
    "column",
    ["", "time", "knee_angle", "knee_angle_r_beta", "hip_flexion", "ankle_angle_l", "left", "_",
     "/jointset/knee_l/knee_angle_l/speed", "pelvis_rotation"],
)  # fmt: skip
def test_names_that_mean_nothing_here(column):
    assert meaning_of(column) is None


@pytest.mark.parametrize(("degrees", "factor"), [("yes", 1.0), ("no", np.pi / 180)])
def test_opensim_is_read_in_the_unit_that_it_says(write, degrees, factor):
    angle = 30.0 + 20.0 * np.sin(TIME_S)
    text = mot({"knee_angle_l": angle * factor, "pelvis_tx": TIME_S}, degrees)
    found = read_angle_file(write("a.mot", text))
    np.testing.assert_allclose(found.values[LEFT_KNEE], angle)
    np.testing.assert_allclose(found.time_s, TIME_S)
    assert found.others == ("pelvis_tx",)


@pytest.mark.parametrize(("size", "unit"), [(1.0, "radians"), (20.0, "degrees")])
def test_where_opensim_does_not_say_the_size_tells_and_it_is_said(write, size, unit):
    text = mot({"hip_rotation_r": size * np.sin(TIME_S)}, degrees="")
    found = read_angle_file(write("a.sto", text))
    assert f"read in {unit}" in found.notes[0]
    factor = 180 / np.pi if unit == "radians" else 1.0
    np.testing.assert_allclose(found.values[RIGHT_HIP], factor * size * np.sin(TIME_S))


def test_blanks_may_separate_columns_and_begin_rows(write):
    text = "inDegrees=yes\nendheader\ntime  knee_angle_l \n   0.0   1.5  \n   0.5\t  2.5\n"
    found = read_angle_file(write("a.mot", text))
    np.testing.assert_allclose(found.values[LEFT_KNEE], [1.5, 2.5])


def test_an_empty_cell_is_missing_and_moves_no_other(write):
    text = "inDegrees=yes\nendheader\ntime\tknee_angle_l\thip_rotation_r\n0\t\t3\n1\t2\t4\n"
    found = read_angle_file(write("a.mot", text))
    np.testing.assert_array_equal(found.values[LEFT_KNEE], [np.nan, 2.0])
    np.testing.assert_array_equal(found.values[RIGHT_HIP], [3.0, 4.0])


def test_a_knee_that_counts_flexion_down_is_turned_and_said(write):
    flexion = 30.0 - 35.0 * np.cos(2 * np.pi * TIME_S)
    found = read_angle_file(write("a.mot", mot({"knee_angle_l": -flexion})))
    np.testing.assert_allclose(found.values[LEFT_KNEE], flexion)
    assert "counts knee flexion as negative" in found.notes[0]
    # A straight knee that extends a little too far stays as it is.
    straight = mot({"knee_angle_l": -6.0 + np.sin(TIME_S)})
    assert read_angle_file(write("b.mot", straight)).values[LEFT_KNEE].max() < 0.0


HIP = ("flexion", "adduction", "rotation")


@pytest.mark.parametrize("side", Side)
def test_femoral_rotation_follows_from_pelvis_and_hip_wherever_the_person_faces(write, side):
    hip = (30.0, 7.0, 12.0)
    letter = side[0]
    names = ("pelvis_tilt", "pelvis_list", "pelvis_rotation")
    columns = dict(zip(names, (5.0, -3.0, 40.0), strict=True))
    columns |= {f"hip_{w}_{letter}": v for w, v in zip(HIP, hip, strict=True)}
    text = mot({name: np.full(50, value) for name, value in columns.items()})
    found = read_angle_file(write("a.mot", text))
    sign = 1 if side is Side.RIGHT else -1
    # Turning the ground about the vertical turns the pelvis's third angle and nothing else.
    turned = Rotation.from_euler("ZXY", [5.0, -3.0, 0.0], degrees=True)
    femur = turned * Rotation.from_euler("ZXY", np.array(hip) * [1, sign, sign], degrees=True)
    expected = sign * femur.as_euler("ZXY", degrees=True)[2]
    np.testing.assert_allclose(found.values[(side, Angle.FEMORAL_ROTATION)], expected)


def test_no_femoral_rotation_of_a_pelvis_that_was_not_measured(write):
    # Columns that are there and hold nothing; warnings are errors here.
    columns = {name: np.full(len(TIME_S), np.nan) for name in PELVIS}
    columns |= {f"hip_{w}_l": 10.0 * np.sin(TIME_S) for w in HIP}
    file = read_angle_file(write("a.mot", mot(columns)))
    assert {angle for _, angle in file.values} == {
        Angle.HIP_FLEXION, Angle.HIP_ADDUCTION, Angle.HIP_ROTATION
    }  # fmt: skip
    assert file.notes == ()


def test_no_femoral_rotation_of_who_turns_round(write):
    columns = dict.fromkeys(("pelvis_tilt", "pelvis_list"), np.zeros(50))
    columns["pelvis_rotation"] = np.linspace(0.0, 180.0, 50)
    columns |= {f"hip_{w}_r": np.zeros(50) for w in HIP}
    found = read_angle_file(write("a.mot", mot(columns)))
    assert (Side.RIGHT, Angle.FEMORAL_ROTATION) not in found.values
    assert "turns round" in found.notes[0]


def test_our_own_csv_with_holes(write):
    text = "time_s,left_knee_flexion_deg,what\n0.0,1.5,x\n0.1,,y\n0.2,3.5,z\n"
    path = write("a.csv", text)
    found = read_angle_file(path)
    np.testing.assert_array_equal(found.values[LEFT_KNEE], [1.5, np.nan, 3.5])
    assert found.others == ("what",)
    assert is_angle_file(path)


def test_a_csv_from_a_german_spreadsheet(write):
    text = "Time (ms);Left knee flexion (rad)\n0;0,5\n100;1,5\n"
    found = read_angle_file(write("a.csv", text))
    np.testing.assert_allclose(found.time_s, [0.0, 0.1])
    np.testing.assert_allclose(found.values[LEFT_KNEE], np.degrees([0.5, 1.5]))
    assert "in radians" in found.notes[0]


def test_a_tidy_csv_in_any_order(write):
    text = (
        "time_s,side,angle,value_deg\n0.1,left,knee_flexion,2\n0.0,left,knee_flexion,1\n"
        "0.1,right,hip_rotation,-4\n"
    )
    found = read_angle_file(write("a.csv", text))
    np.testing.assert_array_equal(found.time_s, [0.0, 0.1])
    np.testing.assert_array_equal(found.values[LEFT_KNEE], [1.0, 2.0])
    np.testing.assert_array_equal(found.values[RIGHT_HIP], [np.nan, -4.0])


GOOD = "time_s,left_knee_flexion_deg\n0.0,1\n0.1,2\n0.2,3\n"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "time_s,knee\n0,1\n1,2\n", "no file of angles"),
        ("a.csv", "left_knee_flexion_deg\n1\n", "no file of angles"),
        ("a.csv", GOOD.replace("0.1", "0.0"), "time does not increase at line 3"),
        ("a.csv", GOOD.replace("0.1", ""), "time is missing at line 3"),
        ("a.csv", GOOD.replace("2\n0.2", "fast\n0.2"), "line 3, column left_knee_flexion_deg"),
        ("a.csv", GOOD.replace("2\n0.2", "inf\n0.2"), "is infinite"),
        ("a.csv", "time_s,left_knee_flexion_deg\n0.0,1\n", "fewer than 2 rows"),
        ("a.csv", GOOD.replace("time_s", "time_s,knee_angle_l", 1), "both mean left knee flexion"),
        ("a.csv", "time_s,side,angle,value_deg\n0,up,knee_flexion,1\n", "'up' is no side"),
        ("a.csv", "time_s,side,angle,value_deg\n0,left,,1\n1,left,knee_flexion,1\n", "without"),
        ("a.csv", "time_s,side,angle,value_deg\n" + 2 * "0,left,knee_flexion,1\n", "2 times"),
        (
            "a.csv",
            "time_s,side,angle,value_deg\n1,left,knee_flexion,1\n"
            + 2 * "0,left,knee_flexion,1\n",
            "two rows of one time",
        ),
        ("a.mot", "inDegrees=yes\nendheader\n", "no table"),
        ("a.mot", mot({"ankle_angle_l": TIME_S}), "no angle of a hip or knee"),
        ("a.mot", mot({"knee_angle_l": TIME_S}).replace("time", "when", 1), "not time"),
        ("a.mot", mot({"knee_angle_l": TIME_S})[:-1] + "\t3\n", "columns where the header has"),
        ("a.mot", "", "is empty"),
        ("a.c3d", "no c3d at all", "no file of angles"),
        ("a.c3d", "\x02\x50" + "rubbish" * 400, "cannot be read as C3D"),
    ],
)  # fmt: skip
def test_damage_is_one_sentence(write, name, text, words):
    with pytest.raises(ImuHipError, match=words):
        read_angle_file(write(name, text))


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(AngleFileError, match="folder"):
        read_angle_file(tmp_path)
    with pytest.raises(ImuHipError, match="no file"):
        read_angle_file(tmp_path / "absent.mot")


def test_sensor_orientations_are_no_angles(write):
    text = "DataType=Quaternion\nendheader\ntime\tfemur_r_imu\n0.0\t1,0,0,0\n"
    assert not is_angle_file(write("a.sto", text))
