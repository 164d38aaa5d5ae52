"""Which recordings folders, globs and URLs hold, and when one has changed."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import fsspec
import pytest

from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.finding import find_recordings

RECORDED = Path(__file__).parents[3] / "recordings" / "simulated_seated.parquet"
DOT_HEAD = "DeviceTag:,left thigh\nFirmwareVersion:,2.0\nAppVersion:,2020\nSyncStatus:,Synced\n"
INERTIAL = (
    "Timestamp (us),Gyroscope X (deg/s),Gyroscope Y (deg/s),Gyroscope Z (deg/s),"
    "Accelerometer X (g),Accelerometer Y (g),Accelerometer Z (g)\n0,0,0,0,0,0,1\n"
)


@pytest.fixture
def clinic(tmp_path):
    (tmp_path / "anna").mkdir()
    shutil.copy(RECORDED, tmp_path / "anna" / "first.parquet")
    (tmp_path / "anna" / "first.markers.csv").write_text("label,side,start_s,end_s\n")
    (tmp_path / "anna" / "cut.parquet").write_bytes(b"PAR1")
    (tmp_path / "anna" / "letter.txt").write_text("Dear Anna\n")
    (tmp_path / "anna" / "study.html").write_text("<p>")
    (tmp_path / ".hidden").mkdir()
    shutil.copy(RECORDED, tmp_path / ".hidden" / "first.parquet")
    return tmp_path


def names(*given, ours=()):
    return [Path(one.recording).name for one in find_recordings(map(str, given), ours)]


def states(*given):
    return {one.recording: one.fingerprint for one in find_recordings(map(str, given), ())}


def test_a_folder_is_searched_for_all_that_may_be_recordings(clinic):
    # A file that ends like a recording is listed though it is none, so that it is told.
    assert names(clinic) == ["cut.parquet", "first.parquet"]


def test_files_and_globs_and_urls_of_files_mean_the_same(clinic):
    first = clinic / "anna" / "first.parquet"
    assert states(first) == states(clinic / "*" / "f*.parquet") == states(f"file://{first}")


def test_what_is_named_but_not_there_is_listed_so_that_it_is_told(clinic):
    assert names(clinic / "nobody.parquet", clinic / "*.csv") == ["nobody.parquet", "*.csv"]


def test_own_tables_are_no_recordings(clinic):
    assert names(clinic, ours=[clinic / "anna" / "cut.parquet"]) == ["first.parquet"]


def test_folders_of_sensors_in_a_folder_are_one_recording(tmp_path):
    session = tmp_path / "anna" / "seated"
    for sensor in ("left_thigh", "left_shin"):
        (session / sensor).mkdir(parents=True)
        (session / sensor / "Inertial.csv").write_text(INERTIAL)
    (session / "notes").mkdir()
    shutil.copy(RECORDED, session / "notes" / "other.parquet")
    assert names(tmp_path) == ["seated", "other.parquet"]
    before = states(tmp_path)[str(session)]
    os.utime(session / "left_shin" / "Inertial.csv", (1.0, 1.0))
    assert states(tmp_path)[str(session)] != before


def test_own_tables_behind_a_link_are_no_recordings(clinic):
    (clinic / "link").symlink_to(clinic / "anna")
    link = clinic / "link"
    assert names(link, ours=[link / "cut.parquet"]) == ["first.parquet"]


def test_the_table_of_another_cohort_is_no_recording(clinic):
    # A cohort writes these three; a recording may have one of the names beside it, not both.
    for name in ("cut.journal", "cut.problems.csv", "first.journal"):
        (clinic / "anna" / name).touch()
    assert names(clinic) == ["first.parquet"]
    # Who names it hears what it is.
    assert names(clinic / "anna" / "cut.parquet") == ["cut.parquet"]


def test_a_change_of_a_recording_or_its_markers_changes_its_fingerprint(clinic):
    first = clinic / "anna" / "first.parquet"
    found = [states(first)]
    os.utime(first, (1.0, 1.0))
    found.append(states(first))
    (clinic / "anna" / "first.markers.csv").write_text("label,side,start_s,end_s\nsit,,0,1\n")
    found.append(states(first))
    (clinic / "anna" / "first.markers.csv").unlink()
    found.append(states(first))
    assert len({tuple(one.items()) for one in found}) == 4
    # What lies beside it and does not belong to it changes nothing.
    (clinic / "anna" / "other.csv").write_text("a,b\n")
    assert states(first) == found[-1]


def test_a_folder_of_sensor_files_is_one_recording(reference_dot, tmp_path):
    shutil.copy(RECORDED, reference_dot / "first.parquet")
    assert names(tmp_path) == ["session", "first.parquet"]


@pytest.fixture
def reference_dot(tmp_path):
    """A session of two Movella DOT sensors as their app exports it."""
    folder = tmp_path / "session"
    folder.mkdir()
    columns = "PacketCounter,SampleTimeFine,Quat_W,Quat_X,Quat_Y,Quat_Z"
    for place in ("left thigh", "left shin"):
        rows = "".join(f"{i},{i * 16667},1,0,0,0\n" for i in range(5))
        head = DOT_HEAD.replace("left thigh", place)
        (folder / f"{place}.csv").write_text(f"{head}{columns}\n{rows}")
    return folder


def test_recordings_behind_urls_are_found_alike(clinic):
    memory = fsspec.filesystem("memory")
    try:
        for name in ("first.parquet", "letter.txt", "first.markers.csv"):
            memory.pipe(f"/unit/anna/{name}", (clinic / "anna" / name).read_bytes())
        whole = states("memory://unit")
        assert list(whole) == ["memory:///unit/anna/first.parquet"]
        assert states("memory://unit/*/*.parquet") == whole
        memory.pipe("/unit/anna/first.parquet", b"PAR1")
        assert states("memory://unit") != whole
    finally:
        memory.rm("/unit", recursive=True)


def test_a_protocol_that_nobody_knows_is_one_sentence():
    with pytest.raises(CohortError, match="Protocol not known: foo"):
        names("foo://a/b")


def test_a_protocol_whose_package_is_missing_is_one_sentence():
    with suppress(ImportError):
        import s3fs  # noqa: F401, PLC0415

        pytest.skip("s3fs is installed")
    with pytest.raises(CohortError, match=r"s3://a/b cannot be opened: .*s3fs"):
        names("s3://a/b")
