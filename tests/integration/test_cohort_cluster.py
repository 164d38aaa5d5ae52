"""Cohorts on a real Dask cluster, and recordings that lie behind URLs."""

import shutil
import zipfile

import fsspec
import pytest

from imu_hip import CohortPlan, measure_cohort
from imu_hip.recording.formats import write_recording
from tests.clusters import cluster


@pytest.fixture(scope="module")
def running():
    """A scheduler and two workers as processes of their own."""
    with cluster() as running:
        yield running


@pytest.fixture(scope="module")
def seated_file(tmp_path_factory, seated):
    path = tmp_path_factory.mktemp("seated") / "seated.parquet"
    write_recording(seated, path)
    return path


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_no_recording_and_doubles_none(
    running, seated_file, tmp_path
):
    count = 24
    for n in range(count):
        (tmp_path / "clinic" / f"person{n:02d}").mkdir(parents=True)
        shutil.copy(seated_file, tmp_path / "clinic" / f"person{n:02d}")
    kills = []

    def kill_twice(done):
        if done.measured in {3, 9} and done.measured not in kills:
            kills.append(done.measured)
            running.kill_a_worker()

    plan = CohortPlan(
        (str(tmp_path / "clinic"),), tmp_path / "study.parquet", scheduler=running.address
    )
    result = measure_cohort(plan, kill_twice)
    assert kills == [3, 9]
    assert (result.recordings, result.failed) == (count, 0)
    frame = result.to_frame()
    assert frame["person"].nunique() == count
    # Three ranges of each of two legs.
    assert len(frame) == 6 * count
    assert not frame.duplicated(["recording", "task", "side", "measure"]).any()


@pytest.mark.slow
def test_recordings_behind_urls_are_brought_to_the_workers(running, seated_file, tmp_path):
    memory = fsspec.filesystem("memory")
    markers = "label,side,start_s,end_s\nstand,,0,1\n"
    memory.pipe("/study/sub-01/ses-02/test.parquet", seated_file.read_bytes())
    memory.pipe("/study/sub-01/ses-02/test.markers.csv", markers.encode())
    memory.pipe("/study/sub-02/ses-01/bad.parquet", b"PAR1")
    memory.pipe("/study/notes.txt", b"Nothing to see.\n")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(seated_file, "cleo/first.parquet")
    names = ("memory://study", f"zip://cleo/*.parquet::file://{tmp_path / 'export.zip'}")
    plan = CohortPlan(names, tmp_path / "study.csv", scheduler=running.address)
    try:
        result = measure_cohort(plan)
        again = measure_cohort(plan)
    finally:
        memory.rm("/study", recursive=True)
    assert (result.recordings, result.failed, result.kept) == (3, 1, 0)
    assert again.kept == 3
    frame = result.to_frame()
    told = set(zip(frame["person"], frame["session"], strict=True))
    # With the markers beside it the one holds a stand and no test; that is found all the same.
    assert ("sub-01", "ses-02") in told
    assert ("cleo", "first") in told or any(session == "first" for _, session in told)
    assert "bad.parquet" in result.problems.read_text()
