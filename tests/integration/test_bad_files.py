"""Files that are no recording, or a damaged one: one message, exit status 2, nothing written."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from imu_hip.recording.formats import write_recording

RNG = np.random.default_rng(1)
GARBAGE = RNG.integers(0, 256, 20_000, dtype=np.uint8).tobytes()
UNKNOWN = "in no format that is known here"


@pytest.fixture(scope="session")
def lines(seated, tmp_path_factory):
    """The lines of the seated session as long CSV."""
    path = tmp_path_factory.mktemp("lines") / "session.csv"
    write_recording(seated, path)
    return path.read_text(encoding="utf-8").splitlines()


def changed(lines, line, column, cell):
    """Lines with one other cell; `line` counts from 1 as editors do."""
    cells = lines[line - 1].split(",")
    cells[lines[0].split(",").index(column)] = cell
    return [*lines[: line - 1], ",".join(cells), *lines[line:]]


@pytest.mark.parametrize("command", ["analyze", "info", "convert"])
def test_a_missing_file(refused, command):
    target = ["out.csv"] if command == "convert" else []
    refused(command, "nowhere/a.csv", *target, words=["no file nowhere/a.csv", "Check the name"])


@pytest.mark.parametrize("command", ["analyze", "info"])
def test_an_empty_file(refused, command):
    Path("a.csv").touch()
    refused(command, "a.csv", words=["a.csv is empty", "again"])


@pytest.mark.parametrize("name", ["a.bin", "a.csv", "a.zip", "a.parquet", "a.sto"])
def test_garbage(refused, name):
    Path(name).write_bytes(GARBAGE)
    refused("analyze", name, words=[name, UNKNOWN, "TOML map"])


@pytest.mark.parametrize(
    ("name", "magic", "end"),
    [("a.parquet", b"PAR1", b"PAR1"), ("a.parquet", b"PAR1", b""), ("a.zip", b"PK\x03\x04", b"")],
)
def test_garbage_behind_the_first_bytes_of_a_format(refused, name, magic, end):
    Path(name).write_bytes(magic + GARBAGE + end)
    refused("info", name, words=[name])


@pytest.mark.parametrize("part", [0.2, 0.9, 0.999])
def test_a_truncated_parquet_file(seated, refused, saved, part):
    path = saved(seated)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    refused("analyze", path, words=["session.parquet is truncated", "Copy the file again"])


def test_a_parquet_file_with_damage_inside(seated, refused, saved):
    path = saved(seated)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10  # without a check sum this could be just another number
    path.write_bytes(data)
    refused("analyze", path, words=["session.parquet", "damaged", "again"])


def test_a_foreign_parquet_file(refused):
    from pyarrow import parquet, table  # noqa: PLC0415

    parquet.write_table(table({"x": [1.0, 2.0]}), "a.parquet")
    refused("analyze", "a.parquet", words=["a.parquet", "not a recording of imu_hip", "TOML map"])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_in_utf16_is_told(lines, refused, encoding):
    Path("a.csv").write_text("\n".join(lines[:500]), encoding=encoding)
    refused("analyze", "a.csv", words=["a.csv", "UTF-16", "save it in UTF-8"])


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n\n"])
def test_a_csv_with_only_a_header(lines, refused, end):
    Path("a.csv").write_bytes((lines[0] + end).encode())
    refused("analyze", "a.csv", words=["a.csv has no samples", "Export"])


@pytest.mark.parametrize("before", [0, 1, 300])
def test_a_huge_single_line(lines, refused, before):
    text = "\n".join([*lines[:before], "left_thigh," + "1" * 3_000_000])
    Path("a.csv").write_text(text, encoding="utf-8")
    words = ["a.csv", f"line {before + 1} "] if before else ["a.csv", UNKNOWN]
    refused("analyze", "a.csv", words=words)


def test_a_missing_column(lines, refused):
    text = "\n".join(line.rpartition(",")[0] for line in lines[:500])
    Path("a.csv").write_text(text, encoding="utf-8")
    refused("analyze", "a.csv", words=["a.csv has no column gyr_z_dps", "Add the columns"])


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("acc_y_mps2", "abc", ["line 101", "acc_y_mps2", "'abc' is not a number"]),
        ("acc_y_mps2", "1,5", ["line 101", "columns"]),
        ("acc_y_mps2", "nan", ["line 101", "acc_y_mps2"]),
        ("gyr_x_dps", "", ["line 101", "gyr_x_dps", "empty"]),
        ("gyr_x_dps", "inf", ["line 101", "gyr_x_dps", "infinite"]),
        ("gyr_x_dps", '"', ["line 101", "quotation mark"]),
        ("time_s", "x", ["line 101", "time_s", "'x' is not a number"]),
        ("time_s", "", ["line 101", "time_s", "empty"]),
        ("time_s", "0.5", ["line 101", "time_s", "runs backward at 0.500 s", "left thigh"]),
        ("time_s", "1.96", ["line 101", "time_s", "repeats at 1.960 s", "left thigh"]),
        ("segment", "foot", ["unknown segments: 'foot'", "left_thigh, left_shin"]),
        ("segment", "", ["line 101", "segment", "empty"]),
    ],
)
def test_a_wrong_cell_is_found(lines, refused, column, cell, words):
    text = "\n".join(changed(lines, 101, column, cell))
    Path("a.csv").write_text(text, encoding="utf-8")
    refused("analyze", "a.csv", words=["a.csv", *words])


def test_a_stray_quotation_mark_swallows_no_lines(lines, refused):
    """Far into a long file, where readers work block by block."""
    place = len(lines) - 1500
    text = "\n".join(changed(lines, place, "acc_x_mps2", '"1.0'))
    Path("a.csv").write_text(text, encoding="utf-8")
    refused("info", "a.csv", words=["a.csv", f"line {place} ", "quotation mark"])


def test_a_line_cut_short(lines, refused):
    Path("a.csv").write_text("\n".join([*lines[:500], "left_thigh,9.98"]), encoding="utf-8")
    words = ["a.csv", "line 501 has 2 columns", "header has 8", "the file ends there"]
    refused("analyze", "a.csv", words=words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("label,side,start_s,end_s\nstnd,,0,4", ["line 2", "'stnd' is not one of stand, sit"]),
        ("label,side,start_s,end_s\nsit,,5,3", ["line 2", "ends at 3 s, not after", "5 s"]),
        ("label,side,start_s,end_s\nsit,,1,2\nsit,up,3,4", ["line 3", "side 'up'", "left, right"]),
        ("label,side,start_s,end_s\nsit,,soon,2", ["line 2", "start_s 'soon' is not a number"]),
        ("label,side,start_s,end_s\nsit,1,2", ["line 2 has 3 columns"]),
        ("label;side;start_s;end_s\nsit;;1;2", ["no column label", "label,side,start_s,end_s"]),
    ],
)
def test_wrong_markers_are_told_by_line(seated, refused, saved, text, words):
    saved(seated, "session.csv")
    Path("session.markers.csv").write_text(text, encoding="utf-8")
    refused("analyze", "session.csv", words=["session.markers.csv", *words])


def test_every_wrong_marker_is_told_at_once(seated, refused, saved):
    saved(seated, "session.csv")
    text = "label,side,start_s,end_s\nstnd,,0,4\nsit,,5,3"
    Path("session.markers.csv").write_text(text, encoding="utf-8")
    refused("analyze", "session.csv", words=["line 2", "line 3", "Correct these lines"])


def test_a_folder_without_recordings(refused):
    Path("empty").mkdir()
    Path("notes").mkdir()
    Path("notes/a.txt").write_text("hello", encoding="utf-8")
    for folder in ("empty", "notes", "."):
        refused("analyze", folder, words=["holds no recording", "Name a file"])


def test_a_folder_with_two_recordings(seated, prone, refused, saved):
    saved(seated, "a.parquet")
    saved(prone, "b.parquet")
    refused("analyze", ".", words=["several recordings: a.parquet, b.parquet", "Name one"])


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"readme.txt": "hello"},
        {"../../evil.csv": "a,b\n1,2", "/abs/evil.csv": "a,b\n1,2"},
        {"nested.zip": "PK"},
    ],
)
def test_a_zip_that_holds_nothing_useful(refused, tmp_path, members):
    with zipfile.ZipFile("a.zip", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    around = set(tmp_path.parent.iterdir())
    refused("analyze", "a.zip", words=["a.zip", "no CSV file of a Movella DOT", "Unpack it"])
    assert set(tmp_path.parent.iterdir()) == around


def dot_file(seconds=2.0):
    ticks = range(0, int(seconds * 1e6), 16_667)
    rows = [f"{i},{tick},1,0,0,0" for i, tick in enumerate(ticks)]
    return "\n".join(["PacketCounter,SampleTimeFine,Quat_W,Quat_X,Quat_Y,Quat_Z", *rows])


def test_paths_in_a_zip_are_names_only(cli, tmp_path):
    with zipfile.ZipFile("a.zip", "w") as archive:
        for name in ("../../left_thigh.csv", "/tmp/left_shin.csv"):
            archive.writestr(name, dot_file())
    around = set(tmp_path.parent.iterdir())
    outcome = cli("info", "a.zip")
    assert outcome.status == 0
    assert "2 sensors" in outcome.said
    assert set(tmp_path.parent.iterdir()) == around
    assert not Path("/tmp/left_shin.csv").exists()
    assert [p.name for p in Path().iterdir()] == ["a.zip"]


def test_two_files_of_one_segment(refused):
    Path("dot").mkdir()
    for name in ("left_thigh_1", "left_thigh_2", "left_shin"):
        Path(f"dot/{name}.csv").write_text(dot_file(), encoding="utf-8")
    words = ["left_thigh_1.csv", "left_thigh_2.csv", "both of the left thigh", "Keep one"]
    refused("analyze", "dot", words=words)


def test_a_file_of_an_unknown_segment(refused):
    Path("dot").mkdir()
    for name in ("left_thigh", "left_shin", "thingy"):
        Path(f"dot/{name}.csv").write_text(dot_file(), encoding="utf-8")
    refused("analyze", "dot", words=["thingy.csv", "cannot be told", "Rename"])


def test_a_sidecar_alone_is_no_recording(refused):
    text = "label,side,start_s,end_s\nstand,,0,4"
    Path("a.markers.csv").write_text(text, encoding="utf-8")
    refused("analyze", "a.markers.csv", words=["a.markers.csv", "Open the recording"])


def test_a_name_that_is_no_text(seated, refused, saved):
    path = saved(seated)
    try:
        path.rename("\udcff.parquet")
    except OSError:
        pytest.skip("this file system takes only names in Unicode")
    refused("analyze", "\udcff.parquet", "--json", "r.json", words=["udcff", "Rename"])
