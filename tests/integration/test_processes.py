"""The installed command in a process of its own: exit codes, pipes, widths, speed."""

import os
import re
import resource
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from imu_hip.recording.formats import open_recording, write_recording

COMMAND = Path(sys.executable).with_name("imu-hip")
HEAVY = (
    "numpy",
    "pyarrow",
    "matplotlib",
    "vqf",
    "jinja2",
    "scipy",
    "pandas",
    "sqlalchemy",
    "alembic",
    "starlette",
    "uvicorn",
)
LARGEST_HELP_CPU_S = 0.3

pytestmark = pytest.mark.skipif(not COMMAND.exists(), reason="imu-hip is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, seated):
    """A folder with one session, for commands that only read."""
    folder = tmp_path_factory.mktemp("processes")
    write_recording(seated, folder / "session.parquet")
    return folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory, process):
    """The demo, run once in an empty folder."""
    folder = tmp_path_factory.mktemp("demo")
    return process("demo", cwd=folder, COLUMNS="100"), folder / "imu_hip_demo"


def cpu_s(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_is_quick(tmp_path):
    times = [cpu_s([str(COMMAND), "--help"], tmp_path) for _ in range(4)]
    # The first run may have had to compile.
    assert statistics.median(times[1:]) <= LARGEST_HELP_CPU_S


@pytest.mark.parametrize("arguments", [["--help"], ["analyze", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(tmp_path, arguments):
    command = [sys.executable, "-X", "importtime", str(COMMAND), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    imported = set(re.findall(r"\| +(\S+)$", done.stderr, re.MULTILINE))
    assert "imu_hip.cli.main" in imported
    assert not imported & set(HEAVY)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--nonsense"], "No such option"),
        (["nonsense"], "No such command"),
        (["analyze"], "Missing argument"),
        (["convert", "session.parquet"], "Missing argument"),
        (["analyze", "session.parquet", "--task", "hop"], "'hop' is not one of"),
        (["analyze", "session.parquet", "--task", "[/red]"], "'[/red]' is not one of"),
        (["analyze", "session.parquet", "--sex", "x"], "is not one of"),
        (["analyze", "session.parquet", "extra"], "unexpected extra argument"),
        (["analyze", "session.parquet", "--angles"], "requires an argument"),
        (["info", "nowhere.csv"], "There is no file nowhere.csv"),
        (["analyze", "x[/red].csv"], "There is no file x[/red].csv"),
    ],
)
def test_bad_arguments_end_with_status_2(process, folder, arguments, words):
    outcome = process(*arguments, cwd=folder, COLUMNS="200")
    assert outcome.status == 2
    assert words in outcome.complaint
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert "\x1b" not in outcome.err


def test_the_bare_command_shows_its_help(process, tmp_path):
    outcome = process(cwd=tmp_path)
    assert all(name in outcome.out for name in ("analyze", "info", "convert", "demo"))
    assert "medical" in outcome.said


@pytest.mark.parametrize("command", ["info", "analyze"])
@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_any_width_shows_everything(process, folder, tmp_path, command, columns):
    options = ["--out", tmp_path] if command == "analyze" else []
    outcome = process(command, "session.parquet", *options, cwd=folder, COLUMNS=columns)
    assert (outcome.status, outcome.err) == (0, "")
    shown = {"info": ("thigh", "shin", "50", "marked"), "analyze": ("Seated", "37°", "45°")}
    assert all(word in outcome.said for word in shown[command])
    # Paths are not wrapped, so that they can be copied.
    wide = [line for line in outcome.out.splitlines() if len(line) > int(columns)]
    assert all("/" in line for line in wide)


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color"}])
def test_pipes_get_no_colours(process, folder, tmp_path, environment):
    for arguments in (["info", "session.parquet"], ["analyze", "session.parquet"], ["--help"]):
        options = ["--out", tmp_path] if "analyze" in arguments else []
        outcome = process(*arguments, *options, cwd=folder, COLUMNS="100", **environment)
        assert outcome.status == 0
        assert "\x1b" not in outcome.out + outcome.err


@pytest.mark.parametrize("arguments", ["info session.parquet", "--help", "analyze session.parquet"])
def test_a_reader_that_goes_away_is_no_error(folder, tmp_path, arguments):
    options = f"--out {tmp_path}" if "analyze" in arguments else ""
    line = f"'{COMMAND}' {arguments} {options} | head -n 1"
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_closed_output_is_no_error(folder):
    for closed, name, status in ((">&-", "session.parquet", 0), ("2>&-", "nowhere", 2)):
        line = f"'{COMMAND}' info {name} {closed}"
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (status, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told(folder):
    line = f"'{COMMAND}' info session.parquet > /dev/full"
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_without_unicode_is_served(process, folder, tmp_path, encoding):
    outcome = process(
        "analyze",
        "session.parquet",
        "--out",
        tmp_path,
        cwd=folder,
        PYTHONIOENCODING=f"{encoding}:strict",
        PYTHONUTF8="0",
        COLUMNS="100",
    )
    assert (outcome.status, outcome.err) == (0, "")
    assert "Seated test" in outcome.said


def test_the_demo_says_which_table_is_of_which_recording(demo):
    outcome, _ = demo
    assert (outcome.status, outcome.err) == (0, "")
    assert "\x1b" not in outcome.out
    lines = outcome.out.splitlines()
    headings = [line for line in lines if line.endswith(".parquet")]
    names = ("isen", "simulated_cross_legged", "simulated_prone", "simulated_seated")
    assert headings == [f"{name}.parquet" for name in names]
    words = ("Running", "Cross-legged test", "Prone test", "Seated test")
    for heading, word in zip(headings, words, strict=True):
        below = lines[lines.index(heading) :]
        assert word in next(line for line in below if any(known in line for known in words))


def test_the_demo_writes_a_report_that_needs_nothing_else(demo):
    _, folder = demo
    reports = sorted(folder.glob("*.html"))
    assert len(reports) == len(list(folder.iterdir())) == 4
    for report in reports:
        text = report.read_text(encoding="utf-8")
        assert text.lstrip().lower().startswith("<!doctype html>")
        assert "not a medical device" in text
        assert not re.search(r"<(script|link|img|iframe)\b[^>]*\b(src|href)=.(?!data:|#)", text)
        assert not re.search(r"@import|url\((?!['\"]?(data:|#))", text)
        assert ("simulated" in text.lower()) == report.stem.startswith("simulated")


def test_the_shipped_recordings_say_whether_they_are_simulated():
    from imu_hip.cli.demo import shipped_recordings  # noqa: PLC0415

    shipped = {path.stem: open_recording(path) for path in shipped_recordings()}
    assert {name for name, recording in shipped.items() if recording.simulated} == {
        "simulated_seated",
        "simulated_prone",
        "simulated_cross_legged",
    }
    assert not shipped["isen"].simulated


def test_the_demo_in_a_place_that_cannot_be_written(process, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.touch()
    outcome = process("demo", "--out", blocked / "x", cwd=tmp_path)
    assert outcome.status == 2
    assert str(blocked) in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_an_analysis_in_a_process_is_the_same_as_in_another(process, folder, tmp_path):
    for name, seed in (("a", "1"), ("b", "2")):
        outcome = process(
            "analyze",
            "session.parquet",
            "--json",
            tmp_path / f"{name}.json",
            cwd=folder,
            PYTHONHASHSEED=seed,
            PATH=os.environ.get("PATH", ""),
        )
        assert outcome.status == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.parametrize(("given", "used"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2")])
def test_one_thread_computes_unless_more_are_asked_for(given, used):
    code = (
        "import os, sys; sys.argv = ['imu-hip', '--version']\n"
        "from imu_hip.cli.main import run\n"
        "assert 'numpy' not in sys.modules\n"
        "try: run()\n"
        "except SystemExit: print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"} | given
    out = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert out.splitlines()[-1] == used
