"""The commands around sensors, as a new user gives them, on virtual sensors."""

import signal
import time

import pytest

from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.journal import JournalHeader
from imu_hip.recording.journal_writer import JournalWriter

pytestmark = pytest.mark.slow

DOT_SHIN = "0000D422CD000003"


def refused(outcome, *words):
    """Whether a command ended with one sentence that says this, and without a traceback."""
    status, _, err = outcome
    assert "Traceback" not in err
    assert status == 2, outcome
    assert err.startswith("imu-hip: ")
    for word in words:
        assert word in err
    return True


@pytest.fixture(scope="module")
def outcomes(run_together, pair_file):
    """Of commands that take long and only read, or remember in a folder of their own."""
    dots = ("--virtual", f"dot,play={pair_file}")
    wish = ("record", "a.parquet", "--virtual", f"dot,play={pair_file}")
    # Sensors are asked about in the order of their segments; two answers cannot be.
    answers = "right thigh\nright-thigh\nknee\nLEFT_SHIN\n"
    moving = ("--segments", "left_thigh,left_shin", "--virtual", "witmotion,play=steps")
    return run_together(
        {
            "scan": (("scan", "--virtual", "dot,strangers=2", "--duration", "2"), ""),
            "no tags": (("assign", "--by", "tag", "--virtual", f"witmotion,play={pair_file}"), ""),
            "light": (("assign", *dots), answers),
            "nobody": (("assign", *dots), "left_thigh\n"),
            "moving": (("assign", "--by", "moving", *moving), ""),
            "segment": ((*wish, "--segments", "pelvis"), ""),
            "rate": ((*wish, "--rate", "33"), ""),
            "mode": ((*wish, "--mode", "all"), ""),
        }
    )


def test_a_scan_lists_sensors_with_all_that_is_known_of_them(outcomes):
    status, out, err = outcomes["scan"]
    assert status == 0, err
    for segment in ("left_thigh", "left_shin", "right_thigh", "right_shin"):
        assert segment in out
    assert f"left_shin {DOT_SHIN} 2.4.0 left shin 83 -60" in out
    assert "2 other Bluetooth devices were seen." in out


def test_tags_are_remembered_listed_moved_and_forgotten(run_command, pair_file):
    plan = f"dot,play={pair_file}"
    by_tag = ("assign", "--by", "tag", "--segments", "left-shin", "--virtual", plan)
    status, out, err = run_command(*by_tag)
    assert status == 0, err
    assert f"left shin Movella DOT left_shin {DOT_SHIN}" in out
    assert out.count("Movella DOT") == 1
    # What virtual sensors are assigned to is no assignment of real ones.
    assert "nothing is remembered" in run_command("assign", "--list")[1]
    # Moved to the pelvis by hand, its model and tag stay known.
    _, out, _ = run_command("assign", f"{DOT_SHIN}=pelvis", "S1=left_shin", "--virtual", plan)
    assert f"pelvis Movella DOT left_shin {DOT_SHIN}" in out
    assert "left shin S1" in out
    _, out, _ = run_command("assign", "--forget", DOT_SHIN, "--virtual", plan)
    assert DOT_SHIN not in out
    assert "left shin S1" in out
    _, out, _ = run_command("assign", "--forget", "all", "--virtual", plan)
    assert "nothing is remembered" in out


def test_sensors_without_tags_cannot_be_assigned_by_them(outcomes):
    outcome = outcomes["no tags"]
    assert refused(outcome, "No tag says where its sensor sits", "--by light or --by moving")


def test_answers_to_blinking_lights_are_remembered(outcomes):
    status, out, err = outcomes["light"]
    assert status == 0, err
    assert "'right_thigh' has a sensor already." in out
    assert "'knee' is no segment." in out
    assert f"left shin Movella DOT left_shin {DOT_SHIN}" in out
    assert "right thigh Movella DOT left_thigh 0000D422CD000002" in out
    assert out.count("Movella DOT") == 2


def test_nobody_who_answers_changes_nothing(outcomes):
    assert refused(outcomes["nobody"], "Nobody answers", "nothing was changed")
    assert "Movella DOT" not in outcomes["nobody"][1]


def test_sensors_are_told_by_moving(outcomes):
    status, out, err = outcomes["moving"]
    assert status == 0, err
    assert out.count("WitMotion BLE") == 2
    # The virtual person wears them in the order of their serials.
    assert "The left thigh is D422CD000002." in out
    assert "The left shin is D422CD000003." in out


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("segment", ["No sensor for the pelvis", "'left_thigh'", "Switch the missing"]),
        ("rate", ["does not stream at 33 Hz", "60 Hz"]),
        ("mode", ["no mode 'all'", "quaternion"]),
    ],
)
def test_a_wish_that_no_sensor_can_meet_is_refused(outcomes, wish, words):
    assert refused(outcomes[wish], *words)


def test_bad_assignments_change_nothing(run_command):
    for pair in ("left_thigh", "S1=", "=left_thigh", "S1=knee"):
        assert refused(run_command("assign", pair), f"{pair!r} does not say", "SERIAL=SEGMENT")
    twice = run_command("assign", "S1=left_thigh", "S2=left-thigh")
    assert refused(twice, "'S2=left-thigh' names", "Name each once")
    assert refused(run_command("assign", "--forget", "S9"), "No sensor S9", "--list")
    outcome = run_command("assign", "--segments", "knee", "--virtual", "dot")
    assert refused(outcome, "no segment 'knee'", "left_shin")


def test_a_damaged_file_of_assignments_is_named_with_its_line(run_command, tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "sensors.toml").write_text("[sensors.A]\nsegment = \n")
    for arguments in (["assign", "--list"], ["assign", "A=pelvis"], ["record", "a.parquet"]):
        assert refused(run_command(*arguments), "sensors.toml is damaged, line 2", "Correct that")
    assert not (tmp_path / "a.parquet.journal").exists()


@pytest.mark.parametrize(
    ("target", "arguments", "words"),
    [
        ("a.csv", [], ["a.csv does not end with .parquet", "convert"]),
        ("no/a.parquet", [], ["no folder no"]),
        ("taken.parquet", [], ["taken.parquet exists already"]),
        ("begun.parquet", [], ["already a journal", "imu-hip recover begun.parquet.journal"]),
        ("a.parquet", ["--virtual", "dots"], ["no virtual sensor 'dots'"]),
        ("a.parquet", ["--virtual", "dot,play=missing.parquet"], ["no file missing.parquet"]),
        ("a.parquet", ["--virtual", "dot,play=letter.txt"], ["letter.txt is in no format"]),
        ("a.parquet", ["--virtual", "dot", "--segments", "knee"], ["no segment 'knee'"]),
    ],
)
def test_a_recording_that_cannot_be_made_is_refused(
    run_command, tmp_path, target, arguments, words
):
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")
    (tmp_path / "taken.parquet").write_text("")
    # One that holds something; in one that holds nothing, nothing could be lost.
    (tmp_path / "begun.parquet.journal").write_text("Dear diary")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert refused(run_command("record", target, *arguments), *words)
    after = sorted(path.name for path in tmp_path.iterdir() if path.name != "data")
    assert after == before


@pytest.mark.parametrize("duration", ["0", "-1", "nan", "inf", "soon"])
def test_a_duration_that_is_none_is_refused(run_command, duration):
    status, _, err = run_command("record", "a.parquet", "--virtual", "dot", "--duration", duration)
    assert status == 2
    assert "Invalid value for '--duration'" in err


@pytest.mark.parametrize("after_s", [1.0, 3.5])
def test_ctrl_c_before_a_recording_begins_ends_at_once_and_leaves_nothing(
    start_command, tmp_path, after_s
):
    process = start_command("record", "a.parquet", "--virtual", "dot")
    assert process.stdout.readline().startswith("Looking for the sensors")
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=8)
    assert process.returncode == 130
    assert err == "Stopped before the recording began; nothing was written.\n"
    assert not list(tmp_path.glob("a.parquet*"))


@pytest.mark.parametrize("command", [["scan"], ["assign", "--by", "light"]])
def test_ctrl_c_while_searching_ends_cleanly(start_command, command):
    process = start_command(*command, "--virtual", "dot")
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=8)
    assert process.returncode == 130
    assert err.strip() == ""


def test_ctrl_c_ends_a_question_that_nobody_answers(start_command, pair_file):
    process = start_command("assign", "--by", "light", "--virtual", f"dot,play={pair_file}")
    while not process.stdout.readline().startswith("One of"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    # Nothing is sent to its input and that is not closed: it must not wait for an answer.
    assert process.wait(timeout=8) == 130
    assert "Traceback" not in process.stderr.read()


def test_sensors_without_a_clock_are_heard_from_their_start_on(run_command, pair_file, tmp_path):
    status, out, err = run_command(
        *("record", "a.parquet", "--duration", "6", "--virtual", f"witmotion,play={pair_file}"),
    )
    assert status == 0, err
    assert "Left thigh, left shin: It has no clock" in out
    recording = open_recording(tmp_path / "a.parquet")
    # All begin together, whoever streamed first, and only those record whom the person wears.
    assert list(recording.streams) == [Segment.LEFT_THIGH, Segment.LEFT_SHIN]
    assert recording.duration_s == pytest.approx(6.0, abs=0.8)
    for stream in recording.streams.values():
        # Until it is told a rate it streams at another one, which would seem to be a loss.
        assert stream.lost_samples() == 0
        assert len(stream.time_s) == pytest.approx(600, abs=80)


def header_only(path):
    JournalWriter(path, JournalHeader("2026-11-25T10:00:00+00:00", (), "a.parquet")).close()
    return path


def test_what_cannot_be_recovered_is_refused(run_command, tmp_path):
    (tmp_path / "empty.parquet.journal").write_bytes(b"")
    (tmp_path / "foreign.journal").write_text("Dear diary")
    whole = header_only(tmp_path / "begun.parquet.journal").read_bytes()
    (tmp_path / "torn.parquet.journal").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "whole.parquet").write_text("a recording")
    before = sorted(path.name for path in tmp_path.iterdir())
    for arguments, words in [
        (["."], ["is a folder"]),
        (["missing.parquet.journal"], ["no file missing.parquet.journal"]),
        (["empty.parquet.journal"], ["is empty", "Remove it"]),
        (["foreign.journal"], ["is not a journal"]),
        (["torn.parquet.journal"], ["nothing of it was saved"]),
        (["begun.parquet.journal"], ["holds no samples", "Remove it"]),
        (["begun.parquet"], ["holds no samples"]),
        (["whole.parquet"], ["has no journal beside it"]),
        (["begun.parquet.journal", "whole.parquet"], ["holds no samples"]),
        (["begun.parquet.journal", "a.csv"], ["a.csv does not end with .parquet"]),
    ]:
        assert refused(run_command("recover", *arguments), *words)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_doctor_names_a_folder_that_is_not_there(run_command):
    status, out, err = run_command("doctor", "--folder", "missing")
    assert "Traceback" not in err
    assert status == 2
    assert "missing" in out
