"""Every block of the documents is run or read as it stands; a new block needs a rule of its own.

What a rule changes is said there: sensors are virtual, what would last until Ctrl-C ends by itself.
"""

import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig

import pytest
from rich.console import Console

from imu_hip.bluetooth.drivers.driver import Battery
from imu_hip.bluetooth.drivers.open_profile_packets import decode
from imu_hip.bluetooth.recorder import RecordingView
from imu_hip.bluetooth.status import SensorStatus
from imu_hip.cli.live_table import live_page
from imu_hip.cohort.people import read_people
from imu_hip.history.records import Moment
from imu_hip.history.store import open_history
from imu_hip.names import Segment, Side
from imu_hip.recording.formats import open_recording, write_recording
from imu_hip.recording.formats.generic_map import read_map
from imu_hip.recording.formats.sidecars import read_markers
from imu_hip.simulation import TYPICAL, StaticSession, simulate_static_session
from tests.documents import README, ROOT, blocks
from tests.golden import golden_rows
from tests.histories import result, session
from tests.protocol.test_open_profile import mode_of
from tests.served_page import COMMAND, ServedPage

BLOCKS = {(block.document, block.language, block.first_line): block for block in blocks()}
RULED = set()

SEATED = ROOT / "recordings" / "simulated_seated.parquet"
TWO = ("--segments", "left_thigh,left_shin")


def rule_for(language, first_line, document="README.md"):
    """Give a test the block that it proves."""
    key = (document, language, first_line)
    RULED.add(key)
    # Where the block was changed, its test fails and says so; the others still run.
    return pytest.mark.parametrize("block", [pytest.param(BLOCKS.get(key), id=first_line[:40])])


def arguments_of(line):
    """What follows `imu-hip` in a line, wherever that is installed."""
    words = shlex.split(line)
    assert words[0] in {"imu-hip", ".venv/bin/imu-hip"}, line
    return words[1:]


def run_line(arguments, folder):
    """Run a command in a folder that also holds what it remembers; what it printed."""
    # So wide that no words of a table are broken over lines.
    own = {
        "COLUMNS": "160",
        "IMU_HIP_DATA": str(folder / "data"),
        "IMU_HIP_CONFIG": str(folder / "config"),
    }
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, **own},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture
def here(cli, monkeypatch, tmp_path):
    """Run a line in this process, which is quicker, in the same folder as `run_line`."""
    monkeypatch.setenv("IMU_HIP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IMU_HIP_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("IMU_HIP_DB", raising=False)

    def here(line):
        outcome = cli(*arguments_of(line))
        assert outcome.status == 0, (line, outcome)
        return outcome.said

    return here


def run_with_sensors(arguments, folder, plan="dot"):
    """Run a command on two virtual sensors; a recording ends after three seconds."""
    command = arguments[0]
    given = [*arguments, *(() if "--virtual" in arguments else ("--virtual", plan))]
    if command == "record":
        given += ["--duration", "3"]
    if "download" not in arguments:
        given += TWO
    return run_line(given, folder)


def analyze_a_whole_test(line, folder, here):
    """A test takes minutes: the one that comes along stands in for what was recorded."""
    command, recorded = arguments_of(line)
    assert command == "analyze"
    assert open_recording(folder / recorded).duration_s > 2.5
    shutil.copy(SEATED, folder / recorded)
    assert "Seated test" in here(line)


def test_every_block_is_covered_by_a_rule():
    assert BLOCKS.keys() - RULED == set()
    assert RULED - BLOCKS.keys() == set()


@pytest.mark.slow
@rule_for(
    "bash",
    "python3 -m venv .venv && .venv/bin/pip install --quiet . && .venv/bin/imu-hip demo",
)
def test_a_clone_is_installed_and_shows_what_it_can(block, tmp_path):
    # What imu_hip needs is taken from here, which saves minutes of installing; that `.[test]`
    # installs whole from nothing is what the test command proves each time.
    kept = shutil.ignore_patterns(".git", ".venv*", "tests", "__pycache__", ".*_cache", "build")
    clone = shutil.copytree(ROOT, tmp_path / "clone", ignore=kept)
    (line,) = block.text.splitlines()
    make, *then = line.split(" && ")
    own = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def run(command):
        done = subprocess.run(
            command, shell=True, cwd=clone, env=own, capture_output=True, text=True, check=False
        )
        if "No matching distribution found" in done.stderr and "CI" not in os.environ:
            pytest.skip("pip finds nothing to build with; is there a network?")
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(make.replace("python3", shlex.quote(sys.executable), 1))
    (packages,) = (clone / ".venv").glob("lib/python*/site-packages")
    packages.joinpath("dependencies_of_tests.pth").write_text(sysconfig.get_path("purelib"))
    said = [run(command) for command in then]
    assert "Seated test" in said[-1]
    installed = packages / "imu_hip" / "recordings"
    assert {path.stem for path in (clone / "imu_hip_demo").glob("*.html")} == {
        path.stem for path in installed.glob("*.parquet")
    }


@rule_for(
    "bash",
    "python3 -m venv .venv-test && .venv-test/bin/pip install --quiet '.[test]' "
    "&& .venv-test/bin/pytest -n 4",
)
def test_the_test_command_is_the_one_that_ci_runs(block):
    # It runs all tests, so it is not run by one of them: `.ci/run` cuts it out of the README.
    assert f"<!-- test command -->\n```bash\n{block.text}```" in README
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (cutting,) = re.findall(r"test_command=\$\((sed .*)\)\n", ci)
    cut = subprocess.run(cutting, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    assert cut.stdout == block.text
    assert 'bash -c "$test_command"' in ci


@rule_for("python", "import imu_hip")
def test_the_python_example_prints_both_legs(block, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(compile(block.text, "README.md", "exec"), {})
    left, right, *tables = capsys.readouterr().out.splitlines()
    assert any("cycle_excursion" in line for line in tables)
    assert any("band_low_deg" in line or "percent" in line for line in tables)
    assert left.startswith("left 2")
    assert right.startswith("right 3")


@pytest.mark.slow
@rule_for("python", "import asyncio")
def test_the_python_example_records_two_virtual_sensors(block, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    exec(compile(block.text, "README.md", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out.splitlines() == ["2 sensors"]
    assert open_recording(tmp_path / "walk.parquet").duration_s > 2.5


@pytest.mark.slow
@rule_for("bash", ".venv/bin/pip install --quiet '.[virtual]' && .venv/bin/imu-hip serve --virtual")
def test_the_page_is_served_until_ctrl_c(block, tmp_path):
    (line,) = block.text.splitlines()
    command, *arguments = arguments_of(line.split(" && ")[1])
    assert command == "serve"
    with ServedPage(tmp_path, *arguments, BROWSER="true") as served:
        served.wait_for_address()
        status, said = served.interrupt()
    assert status == 0, said


@rule_for("bash", "imu-hip trend anna")
def test_what_is_kept_is_shown_and_compared(block, tmp_path, here):
    (tmp_path / "data").mkdir()
    turns = [
        result(30.0 + side_deg, side=side, moment=moment)
        for side, side_deg in ((Side.LEFT, 0.0), (Side.RIGHT, 9.0))
        for moment in Moment
    ]
    with open_history(str(tmp_path / "data" / "history.sqlite")) as history:
        anna = history.add_person("anna")
        numbers = [session(history, anna, *turns) for _ in range(12)]
    assert numbers[-1] == 12
    for line in block.text.splitlines():
        said = here(line)
        assert "inward turn, foot moves out" in said.lower()
    assert (tmp_path / "sides.csv").stat().st_size > 100


@rule_for("csv", "person,sex,group")
def test_the_table_of_people_is_one_that_is_read(block, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(block.text, encoding="utf-8")
    assert read_people(path).columns == ("sex", "group")


@pytest.mark.slow
@rule_for("bash", "imu-hip cohort clinic/ --people people.csv --group sex")
def test_a_clinic_is_measured_and_its_error_is_told(block, tmp_path, here):
    (people,) = (one.text for key, one in BLOCKS.items() if key[2] == "person,sex,group")
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    persons = [line.split(",")[0] for line in people.splitlines()[1:]]
    for person in persons:
        (tmp_path / "clinic" / person).mkdir(parents=True)
        for seed, day in enumerate(("monday", "friday")):
            simulated = simulate_static_session(StaticSession(), TYPICAL, 60.0, seed)
            write_recording(simulated.recording, tmp_path / "clinic" / person / f"{day}.parquet")
    cohort, reliability = block.text.splitlines()
    said = run_line(arguments_of(cohort), tmp_path)
    assert f"{2 * len(persons)} of {2 * len(persons)} recordings measured" in said
    assert (tmp_path / "imu_hip_cohort" / "cohort.html").exists()
    said = here(reliability)
    for word in ("SEM", "MDC95", "ICC"):
        assert word in said


@pytest.mark.slow
@rule_for("bash", "imu-hip export run.parquet run.mot")
def test_angles_go_to_other_programs_and_are_checked_against_their_own(block, tmp_path, here):
    shutil.copy(ROOT / "recordings" / "isen.parquet", tmp_path / "run.parquet")
    mot, bids, validate = block.text.splitlines()
    here(mot)
    here(bids)
    assert list((tmp_path / "dataset" / "sub-01").rglob("*_motion.tsv"))
    # The cameras saw what was exported: without any difference, and without a delay.
    shutil.copy(tmp_path / "run.mot", tmp_path / "cameras.mot")
    said = here(validate)
    assert "Left knee flexion" in said
    assert "The clocks of both agree" in said


@pytest.mark.slow
@rule_for("bash", "imu-hip assign --by moving")
def test_sensors_are_assigned_and_a_test_is_recorded_and_analysed(block, tmp_path, here):
    assign, record, analyze = block.text.splitlines()
    said = run_with_sensors(arguments_of(assign), tmp_path, "dot,play=steps")
    assert "left thigh" in said
    run_with_sensors(arguments_of(record), tmp_path)
    analyze_a_whole_test(analyze, tmp_path, here)


@rule_for("text", "Recording 0:11 of 1:00   Ctrl-C ends it")
def test_the_table_of_a_recording_is_the_one_that_is_shown(block):
    lines = block.text.splitlines()
    sensors = []
    for line in lines[3:7]:
        side, place, state, rate, kept, percent, gap_s, latency_ms, charge = line.split()
        lost_part = float(percent) / 100.0
        sensors.append(
            SensorStatus(
                segment=Segment(f"{side}_{place}"),
                tag="",
                state=state,
                problem="",
                rate_hz=float(rate),
                kept=int(kept),
                lost=round(int(kept) * lost_part / (1.0 - lost_part)),
                lost_percent=float(percent),
                own_lost=0,
                duplicates=0,
                backward=0,
                reboots=0,
                gap_max_s=float(gap_s),
                latency_p95_ms=float(latency_ms),
                battery=Battery(int(charge)),
                reconnects=0,
                skipped=0,
                clipped=0,
            )
        )
    view = RecordingView(11.2, 60.0, tuple(sensors), trouble="", held_rows=0, news=())
    console = Console(width=80)
    with console.capture() as shown:
        console.print(live_page(view, lines[7:]))
    assert [" ".join(line.split()) for line in shown.get().splitlines()] == [
        " ".join(line.split()) for line in lines
    ]
    # What the news say of a loss is what the table counts.
    assert f"lost {sensors[1].lost} samples" in lines[-1]


@pytest.mark.slow
@rule_for("bash", "imu-hip sensor start")
def test_a_run_is_recorded_on_the_sensors_and_fetched(block, tmp_path):
    for line in block.text.splitlines():
        run_with_sensors(arguments_of(line), tmp_path, "capture2go,play=run")
    fetched = open_recording(tmp_path / "run.parquet")
    assert set(fetched.streams) == {Segment.LEFT_THIGH, Segment.LEFT_SHIN}


@pytest.mark.slow
@rule_for("bash", ".venv/bin/pip install --quiet '.[virtual]'")
def test_virtual_sensors_are_tried_as_it_is_said(block, tmp_path, here):
    _, record, analyze = block.text.splitlines()
    run_with_sensors(arguments_of(record), tmp_path)
    assert open_recording(tmp_path / "test.parquet").simulated
    analyze_a_whole_test(analyze, tmp_path, here)


@rule_for("csv", "label,side,start_s,end_s")
def test_the_markers_are_such_that_are_read(block, tmp_path):
    path = tmp_path / "session.markers.csv"
    path.write_text(block.text, encoding="utf-8")
    assert len(read_markers(path)) == len(block.text.splitlines()) - 1


@rule_for("toml", 'time = {column = "t", unit = "ms"}')
def test_the_map_of_columns_is_one_that_is_read(block, tmp_path):
    path = tmp_path / "map.toml"
    path.write_text(block.text, encoding="utf-8")
    assert set(read_map(path).segments) == {Segment.LEFT_THIGH, Segment.LEFT_SHIN}


@rule_for(
    "c",
    "static void put_quaternion(const float q[4], uint8_t *flags, int16_t out[3]) {",
    "firmware_notes/open_profile.md",
)
def test_the_function_for_firmware_writes_the_golden_quaternions(block, tmp_path):
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler on this computer")
    head = "#include <math.h>\n#include <stdint.h>\n"
    source, library = tmp_path / "put.c", tmp_path / "put.so"
    source.write_text(head + block.text.removeprefix("static "), encoding="utf-8")
    strict = ["-Wall", "-Wextra", "-Werror"]
    subprocess.run(
        [compiler, "-shared", "-fPIC", *strict, source, "-o", library, "-lm"], check=True
    )
    put = ctypes.CDLL(str(library)).put_quaternion
    tried = 0
    for row in golden_rows("open_profile", "Golden samples"):
        sample = decode(row["packet"], mode_of(row))[0]
        if sample.q_earth_sensor is None:
            continue
        # Of q and -q, which turn alike, the one is packed whose largest component is positive.
        for sign in (1.0, -1.0):
            flags, numbers = ctypes.c_uint8(0), (ctypes.c_int16 * 3)()
            values = (sign * value for value in sample.q_earth_sensor)
            put((ctypes.c_float * 4)(*values), ctypes.byref(flags), numbers)
            assert bytes([flags.value]) == row["packet"][7:8]
            assert bytes(numbers) == row["packet"][8:14]
            tried += 1
    assert tried >= 8
