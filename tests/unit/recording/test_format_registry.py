import subprocess
import sys
from pathlib import Path

import pytest

from imu_hip.errors import OutputError, RecordingError, UnknownFormatError
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording, write_recording
from imu_hip.recording.formats.registry import FORMATS, recognise
from imu_hip.recording.recording import Recording


@pytest.fixture
def pelvis(make_stream):
    return Recording({Segment.PELVIS: make_stream(Segment.PELVIS)})


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".sto"])
def test_what_is_written_is_recognised_by_content(pelvis, tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    write_recording(pelvis, path)
    renamed = path.rename(tmp_path / "recording.bin")
    assert (
        recognise(renamed).name
        == {".parquet": "Parquet", ".csv": "long CSV", ".sto": "OpenSense"}[suffix]
    )
    assert list(open_recording(str(renamed)).streams) == [Segment.PELVIS]


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(RecordingError, match=r"no file .*a\.csv.*Check the name"):
        open_recording(tmp_path / "a.csv")


def test_an_empty_file_is_named(tmp_path):
    (tmp_path / "a.csv").touch()
    with pytest.raises(RecordingError, match=r"a\.csv is empty"):
        open_recording(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["a.csv", "."])
def test_a_file_or_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch, name):
    (tmp_path / "a.csv").write_text("x", encoding="utf-8")

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(RecordingError, match=r"may not be read.*Ask for permission"):
        open_recording(tmp_path / name)


def test_a_failing_disk_is_named(tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OSError(5, "Input/output error")

    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(RecordingError, match="cannot be read: Input/output error"):
        open_recording(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "data",
    [b"time,x,y\n0,1,2\n", b"\x00\x01\x02" * 50, b"\xff\xfe" + "segment".encode("utf-16-le")],
)
def test_an_unknown_format_lists_the_known_ones(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(UnknownFormatError) as caught:
        open_recording(path)
    message = str(caught.value)
    assert "a.csv is in no format" in message
    assert "TOML map" in message
    assert all(known.description in message for known in FORMATS)


def test_a_folder_with_one_recording_is_that_recording(pelvis, tmp_path):
    write_recording(pelvis, tmp_path / "a.parquet")
    (tmp_path / "notes.txt").write_text("quiet day", encoding="utf-8")
    (tmp_path / "empty.csv").touch()
    assert list(open_recording(tmp_path).streams) == [Segment.PELVIS]


def test_a_folder_with_several_recordings_names_them(pelvis, tmp_path):
    write_recording(pelvis, tmp_path / "a.parquet")
    write_recording(pelvis, tmp_path / "b.csv")
    with pytest.raises(RecordingError, match=r"a\.parquet, b\.csv.*Name one"):
        open_recording(tmp_path)


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(RecordingError, match="holds no recording"):
        open_recording(tmp_path)


def test_a_recording_beside_sensor_files_is_named(pelvis, tmp_path):
    write_recording(pelvis, tmp_path / "a.parquet")
    rows = "".join(f"{i},{1000 + 16667 * i},1,0,0,0\n" for i in range(9))
    text = f"OutputRate:,60Hz\nPacketCounter,SampleTimeFine,Quat_W,Quat_X,Quat_Y,Quat_Z\n{rows}"
    (tmp_path / "left_shin.csv").write_text(text, encoding="utf-8")
    read = open_recording(tmp_path)
    assert list(read.streams) == [Segment.LEFT_SHIN]
    assert read.warnings[-1] == "The folder also holds a.parquet, which was not opened."


def test_an_unknown_suffix_cannot_be_written(pelvis, tmp_path):
    with pytest.raises(OutputError, match=r"End it with \.parquet, \.csv, \.sto"):
        write_recording(pelvis, tmp_path / "a.xlsx")


@pytest.mark.parametrize("opened_from", ["a.csv", "."])
def test_the_input_is_not_overwritten(pelvis, tmp_path, opened_from):
    path = tmp_path / "a.csv"
    write_recording(pelvis, path)
    before = path.read_bytes()
    with pytest.raises(OutputError, match="would be overwritten"):
        write_recording(open_recording(path), path, opened_from=tmp_path / opened_from)
    assert path.read_bytes() == before
    write_recording(open_recording(path), tmp_path / "b.csv", opened_from=path)


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".sto"])
def test_a_folder_in_place_of_the_output_is_refused(pelvis, tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        write_recording(pelvis, path)
    with pytest.raises(OutputError, match="there is no folder"):
        write_recording(pelvis, tmp_path / "no" / f"a{suffix}")


def test_importing_the_formats_imports_nothing_heavy():
    code = (
        "import sys, imu_hip.recording.formats; "
        "print({'pyarrow', 'pydantic', 'scipy', 'pandas', 'vqf'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
