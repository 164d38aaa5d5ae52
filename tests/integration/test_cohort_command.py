"""Cohorts on processes of this computer, through the command line as a person uses it."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from pyarrow import parquet

from imu_hip import __version__
from imu_hip.cohort.columns import COLUMNS
from imu_hip.cohort.finding import find_recordings
from imu_hip.cohort.journal import Journal
from imu_hip.recording.formats import write_recording
from tests.integration.conftest import COMMAND, EXTERNAL_DEG, INTERNAL_DEG


@pytest.fixture(scope="module")
def measured(tmp_path_factory, seated, jog):
    """A seated test and a run as files."""
    folder = tmp_path_factory.mktemp("measured")
    write_recording(seated, folder / "seated.parquet")
    write_recording(jog, folder / "run.parquet")
    return folder


@pytest.fixture
def clinic(tmp_path, measured):
    """A folder for each of two people, one file cut off, one text that is no recording."""
    clinic = tmp_path / "clinic"
    for person in ("anna", "ben"):
        (clinic / person).mkdir(parents=True)
        shutil.copy(measured / "seated.parquet", clinic / person)
    shutil.copy(measured / "run.parquet", clinic / "ben")
    whole = (measured / "seated.parquet").read_bytes()
    (clinic / "ben" / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    (clinic / "letter.txt").write_text("Dear clinic,\n")
    return clinic


def cohort(*arguments, **options):
    """Run the command in a process of its own; a progress bar is not drawn into a pipe."""
    return subprocess.run(
        [COMMAND, "cohort", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False, **options,
    )  # fmt: skip


def rows_of(table):
    return parquet.read_table(table).to_pylist()


def recordings_in(table):
    return {row["recording"] for row in rows_of(table)}


def family_of(process):
    return psutil.Process(process.pid).children(recursive=True)


def require_gone(processes):
    """Nothing that was started may live longer than the program."""
    left = psutil.wait_procs(processes, timeout=10)[1]
    for process in left:
        process.kill()
    assert not left


def test_a_recording_is_not_replaced_by_the_page(cli, clinic, tmp_path):
    page = clinic / "anna" / "seated.parquet"
    before = page.read_bytes()
    asked = cli("cohort", clinic, "--out", tmp_path / "t.parquet", "--report", page)
    assert asked.status == 2
    assert "does not end with .html" in asked.err
    assert page.read_bytes() == before


@pytest.mark.slow
def test_a_clinic_is_measured_and_only_what_changed_is_measured_again(cli, clinic, tmp_path):
    (clinic / "people.csv").write_text("person,sex,age\nanna,female,31\nben,male,28\n")
    table = tmp_path / "out" / "study.parquet"
    asked = (clinic, "--people", clinic / "people.csv", "--group", "sex", "--out", table)
    first = cli("cohort", *asked, "--workers", 1)
    assert first.status == 0, first.err
    assert "3 of 4 recordings measured" in first.said
    assert "ben/cut.parquet: cut.parquet is truncated" in first.said
    rows = rows_of(table)
    assert list(rows[0]) == [*COLUMNS, "sex", "age"]
    turns = {
        (row["person"], row["side"], row["measure"]): row for row in rows if row["task"] == "seated"
    }
    # The seated session was simulated with these mean peaks; sensors and method err by 1 to 2°.
    for side in ("left", "right"):
        assert turns["anna", side, "internal"]["value"] == pytest.approx(
            INTERNAL_DEG[side], abs=2.0
        )
        assert turns["ben", side, "external"]["value"] == pytest.approx(EXTERNAL_DEG[side], abs=2.0)
    anna = turns["anna", "left", "internal"]
    assert (anna["session"], anna["sex"], anna["age"]) == ("seated", "female", 31.0)
    assert (anna["unit"], anna["repetitions"], anna["version"]) == ("°", 2, __version__)
    assert anna["uncertainty"] > 0.0
    # 1.96 times the square root of 2 standard errors.
    assert anna["mdc95"] == pytest.approx(2.772 * anna["uncertainty"], rel=1e-3)
    assert anna["quality"] == "simulated; only 2 count"
    runs = {row["measure"]: row for row in rows if row["task"] == "run" and row["side"] == "left"}
    assert {"cycle_excursion", "cadence", "peak_internal_at"} <= set(runs)
    page = (tmp_path / "out" / "study.html").read_text()
    assert "2 people in 3 recordings were measured" in page
    assert "SIMULATED" in page
    with (tmp_path / "out" / "study.problems.csv").open() as file:
        problems = list(csv.DictReader(file))
    assert [problem["recording"] for problem in problems] == ["ben/cut.parquet"]
    _only_the_changed(cli, clinic, table, asked)


def _only_the_changed(cli, clinic, table, asked):
    assert "(4 kept from an earlier run)" in cli("cohort", *asked).said
    # The bad one is mended, one is gone; the sidecar of another one changes what it holds.
    shutil.copy(clinic / "ben" / "seated.parquet", clinic / "ben" / "cut.parquet")
    (clinic / "ben" / "run.parquet").unlink()
    (clinic / "anna" / "seated.markers.csv").write_text("label,side,start_s,end_s\nseated,,0,1\n")
    assert "(1 kept from an earlier run)" in cli("cohort", *asked, "--workers", 1).said
    assert recordings_in(table) == {"ben/cut.parquet", "ben/seated.parquet"}


@pytest.mark.slow
def test_what_a_killed_program_had_finished_is_kept(clinic, measured, tmp_path):
    for n in range(30):
        shutil.copy(measured / "run.parquet", clinic / "anna" / f"run{n}.parquet")
    table = tmp_path / "study.parquet"
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from imu_hip import CohortPlan, measure_cohort\n"
        "if __name__ == '__main__':\n"
        "    plan = CohortPlan((sys.argv[1],), Path(sys.argv[2]), workers=1)\n"
        "    measure_cohort(plan, lambda done: print(done.measured, flush=True))\n"
    )
    (tmp_path / "program.py").write_text(program)
    killed = subprocess.Popen(
        [sys.executable, tmp_path / "program.py", clinic, table], stdout=subprocess.PIPE, text=True
    )
    told = 0
    for line in killed.stdout:
        told = int(line)
        if told == 3:
            break
    family = family_of(killed)
    killed.kill()
    killed.wait()
    killed.stdout.close()
    require_gone(family)
    assert not table.exists()
    with Journal(tmp_path / "study.journal") as journal:
        # Listed anew, as the next run does, so that what was measured belongs to something.
        listed = journal.enlist(find_recordings([str(clinic)], []))
        left = journal.count_waiting(__version__, "auto")
    assert listed == 34
    assert told <= listed - left < listed


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done_and_leaves_no_process(clinic, tmp_path):
    for n in range(30):
        shutil.copy(clinic / "ben" / "run.parquet", clinic / "anna" / f"run{n}.parquet")
    process = subprocess.Popen(
        [COMMAND, "cohort", clinic, "--out", tmp_path / "study.parquet", "--workers", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    while len(family := family_of(process)) < 2 and process.poll() is None:
        time.sleep(0.05)
    # As a terminal does, to the program and to its workers, until it is heard: not while workers
    # start or end.
    while process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
    said, complaint = process.communicate()
    require_gone(family)
    assert process.returncode == 130, complaint
    assert "the same command goes on from there" in said
    assert "Traceback" not in said + complaint


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks who reads a pipe in /proc")
def test_a_recording_that_kills_its_workers_is_listed_and_the_others_are_measured(clinic, tmp_path):
    deadly = tmp_path / "deadly.parquet"
    os.mkfifo(deadly)
    deaths = []
    stop = threading.Event()

    def kill_whoever_reads():
        while not stop.wait(0.02):
            try:
                # Only where somebody reads it; held open, so that the reader waits for more.
                held = os.open(deadly, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                continue
            for process in psutil.process_iter():
                with suppress(psutil.Error, OSError):
                    if process.pid != os.getpid() and _has_open(process.pid, deadly):
                        process.kill()
                        deaths.append(process.pid)
            os.close(held)

    watching = threading.Thread(target=kill_whoever_reads)
    table = tmp_path / "out" / "study.parquet"
    watching.start()
    try:
        done = cohort(deadly, clinic, "--out", table, "--workers", 1)
    finally:
        stop.set()
        watching.join()
    assert done.returncode == 0, done.stderr
    assert "3 workers died while they measured it" in done.stdout
    assert "3 of 5 recordings measured" in done.stdout
    assert len(set(deaths)) == 3


def _has_open(pid, path):
    return any(fd.resolve() == path for fd in Path(f"/proc/{pid}/fd").iterdir())


def test_a_cohort_without_any_recording_says_so(cli, tmp_path):
    (tmp_path / "empty").mkdir()
    done = cli("cohort", "empty")
    assert done.status == 2
    assert "There is no recording in empty." in done.complaint


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("there", "--group", "sex"), "It is not known which sex each recording has."),
        (("there", "--out", "table.xlsx"), "table.xlsx does not end with a format of tables."),
        (("foo://x",), "foo://x cannot be opened: Protocol not known: foo."),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(cli, tmp_path, arguments, complaint):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.parquet").write_bytes(b"PAR1")
    done = cli("cohort", *arguments)
    assert done.status == 2
    assert complaint in done.complaint


def test_a_scheduler_that_does_not_answer_is_told(cli, tmp_path, monkeypatch):
    monkeypatch.setattr("imu_hip.cohort.engine.CONNECT_S", 0.3)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    done = cli("cohort", "a.parquet", "--scheduler", "tcp://127.0.0.1:1")
    assert done.status == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:1." in done.complaint


@pytest.mark.slow
def test_nothing_measured_is_status_2_and_the_page_lists_why(cli, tmp_path):
    (tmp_path / "bad.parquet").write_bytes(b"")
    done = cli("cohort", "bad.parquet", "nowhere.parquet", "--out", "t.parquet", "--workers", 1)
    assert done.status == 2
    assert "0 of 2 recordings measured" in done.said
    assert "There is no file" in done.said
    assert "Nothing was measured" in (tmp_path / "t.html").read_text()


def test_the_help_names_every_option(cli):
    said = cli("cohort", "--help").said
    for option in (
        "--people",
        "--group",
        "--out",
        "--report",
        "--task",
        "--scheduler",
        "--workers",
    ):
        assert option in said
