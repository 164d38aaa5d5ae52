"""What fuzzing found once: each input was a traceback, a hang or a wrong number, and is refused."""

import io
import json
import re
import sqlite3
import time
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from imu_hip.bluetooth.assignment import AssignmentError, read_assignments
from imu_hip.bluetooth.drivers.movella_dot_export import MOTION_FIELDS, decode_file, record_type
from imu_hip.bluetooth.drivers.samples import Skipped
from imu_hip.bluetooth.on_sensor_session import SessionError, remembered
from imu_hip.bluetooth.part_file import PartFile
from imu_hip.cohort.errors import CohortError, PeopleError
from imu_hip.cohort.finding import Found
from imu_hip.cohort.journal import Journal
from imu_hip.cohort.people import read_people
from imu_hip.errors import ImuHipError, RecordingError
from imu_hip.exchange.angle_reading import read_angle_file
from imu_hip.guidance import protocol_file
from imu_hip.guidance.errors import ProtocolError, ResumeError
from imu_hip.guidance.protocol_file import read_protocol
from imu_hip.guidance.state_json import from_json
from imu_hip.history.store import open_history
from imu_hip.names import MarkerLabel, Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.generic_map import read_map
from imu_hip.recording.formats.units import acceleration_in_mps2
from imu_hip.recording.journal import JournalRow, header_json
from imu_hip.recording.journal_writer import JournalWriter
from imu_hip.recording.recording import Marker, Recording, SensorStream
from imu_hip.recording.timeline import build_timeline
from imu_hip.report.reliability_table import TableError, values_of_table
from tests.faults import fuzz_seeds as seeds
from tests.faults.fuzz_targets import target_named
from tests.guided_people import plan_for

DEEP = "[" * 50_000
"""Lists in lists, deeper than any parser of Python follows."""


def refused(path, words=""):
    with pytest.raises(RecordingError, match=words) as caught:
        open_recording(path)
    return caught.value


def changed_json(data, change):
    content = json.loads(data)
    change(content)
    return json.dumps(content).encode()


def test_a_separator_that_is_announced_and_not_named(tmp_path):
    data = b"sep=\n" + seeds.dot_csv("left thigh", header=False)
    (tmp_path / "left_thigh.csv").write_bytes(data)
    assert len(open_recording(tmp_path / "left_thigh.csv").streams) == 1


@pytest.mark.parametrize("number", ["1e308", "-1e21", "1" + "0" * 30])
def test_numbers_that_overflow_when_they_are_scaled(tmp_path, number):
    rows = seeds.dot_csv("left thigh", mode="increments").replace(
        b"0.16\n", number.encode() + b"\n", 1
    )
    (tmp_path / "left_thigh.csv").write_bytes(rows)
    refused(tmp_path / "left_thigh.csv", r"line 11, column dv\[3\] is too large")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("acc_mps2", 2e5, "acceleration is beyond what any sensor measures"),
        ("gyr_dps", -2e6, "angular velocity is beyond what any sensor measures"),
        ("acc_mps2", np.nan, "acceleration is not a number at 0.100 s, sample 2 .1 in all."),
    ],
)
def test_numbers_that_no_sensor_sends(field, value, words):
    channels = {name: np.ones((3, 3)) for name in ("acc_mps2", "gyr_dps")}
    channels[field][1, 2] = value
    with pytest.raises(RecordingError, match=words):
        SensorStream(Segment.PELVIS, np.arange(3) / 10.0, 10.0, **channels)


@pytest.mark.parametrize("rate_hz", [1e7, np.inf, np.nan, 0.0, -1.0])
def test_rates_that_no_sensor_has(rate_hz):
    ones = np.ones((3, 3))
    with pytest.raises(RecordingError, match="sampling rate is"):
        SensorStream(Segment.PELVIS, np.arange(3.0), rate_hz, None, ones, ones)


def test_times_that_no_recording_has():
    ones = np.ones((3, 3))
    with pytest.raises(RecordingError, match=r"times reach 1e\+12 s"):
        SensorStream(Segment.PELVIS, np.array([0.0, 1.0, 1e12]), 1.0, None, ones, ones)


@pytest.mark.parametrize("apart_s", [1e6, 1e10])
def test_one_time_far_behind_all_others_asks_for_no_memory(apart_s):
    ones = np.ones((3000, 3))
    time_s = np.arange(3000) / 25.0
    time_s[-1] += apart_s
    segments = (Segment.LEFT_THIGH, Segment.LEFT_SHIN)
    streams = {s: SensorStream(s, time_s, 25.0, None, 9.8 * ones, ones) for s in segments}
    # The last sample before the gap is number 2,999, at 2998 / 25 s.
    with pytest.raises(RecordingError, match=r"over .* hours, .* after 119\.920 s nothing comes"):
        build_timeline(Recording(streams))


def test_a_marker_without_an_end():
    ones = np.ones((3, 3))
    stream = SensorStream(Segment.PELVIS, np.arange(3.0), 1.0, None, ones, ones)
    with pytest.raises(RecordingError, match="does not end after its start"):
        Recording({Segment.PELVIS: stream}, (Marker(MarkerLabel.STAND, 0.0, np.inf),))


def test_a_stored_file_of_a_dot_with_damaged_numbers():
    records = np.zeros(3, record_type(MOTION_FIELDS))
    records["q_earth_sensor"][:, 0] = 1.0
    records["acc_mps2"][1] = (0.0, 0.0, -1e8)
    records["gyr_dps"][2] = (5000.0, 0.0, 0.0)
    told = decode_file(records.tobytes())
    assert [item.reason for item in told if isinstance(item, Skipped)] == [
        "an acceleration far out of range",
        "an angular velocity far out of range",
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["sensors"][0].update(sampling_rate_hz=0.0),
        lambda content: content["sensors"][0].update(tick_s="fast"),
        lambda content: content["sensors"][0].update(tick_s=float("nan")),
        lambda content: content["sensors"][1].update(caveat=[1]),
        lambda content: content.update(sensors=[["left_thigh"]]),
        lambda content: content.update(source=7),
    ],
)
def test_a_header_of_a_journal_with_wrong_values(tmp_path, change):
    header = header_json(seeds.journal_header()).encode()
    run = target_named("journal header").prepare(tmp_path)
    run(header)
    with pytest.raises(RecordingError, match="not a journal"):
        run(changed_json(header, change))


def changed_rows(change):
    """A journal of rows, in JSON, in which one of a clock goes far ahead or a time is missing."""
    rows = json.loads(target_named("journal rows").seeds()[1])
    change(rows)
    return json.dumps(rows).encode()


def last_ticks(rows, sensor, tick):
    [row for row in rows if row["sensor"] == sensor and row["tick"] is not None][-1]["tick"] = tick


@pytest.mark.parametrize("tick", [10**17, 2**63 - 1])
def test_a_clock_that_goes_years_ahead_within_seconds(tmp_path, tick):
    data = changed_rows(lambda rows: last_ticks(rows, 0, tick))
    with pytest.raises(RecordingError, match="clock of the left thigh sensor says"):
        target_named("journal rows").prepare(tmp_path)(data)


def test_synchronised_clocks_of_which_one_began_years_ago(tmp_path):
    path = tmp_path / "a.journal"
    with JournalWriter(path, seeds.journal_header(1e-6, "radio")) as writer:
        for i in range(20):
            rows = [
                JournalRow(sensor, 0, sensor * 10**17 + 16_667 * i, i, 16_667_000 * i + 10**7,
                           (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 9.8), (0.0, 1.0, 0.0), None)
                for sensor in (0, 1)
            ]  # fmt: skip
            writer.write(rows)
    recording = open_recording(path)
    assert "each was fitted on its own" in recording.warnings[0]
    assert len(recording.streams) == 2


def test_something_that_happened_at_no_time(tmp_path):
    def change(rows):
        next(row for row in rows if row["event"])["arrival_ns"] = None

    with pytest.raises(RecordingError, match="without its time"):
        target_named("journal rows").prepare(tmp_path)(changed_rows(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["markers"][0].update(start_s=-(10**400)),
        lambda content: content.update(warnings="none"),
        lambda content: content.update(simulated="no"),
        lambda content: content.update(source=None),
        lambda content: content["sensors"][0].update(serial=4),
        lambda content: content["log"][0].update(details=[]),
        lambda content: content["markers"][0].update(end_s=float("inf")),
    ],
)
def test_a_footer_of_a_parquet_file_with_wrong_values(tmp_path, change):
    footer = seeds.footer()
    run = target_named("parquet footer").prepare(tmp_path)
    run(footer)
    with pytest.raises(RecordingError):
        run(changed_json(footer, change))


def test_a_table_of_other_tools_with_plain_texts_and_short_numbers(tmp_path):
    columns = target_named("parquet columns")
    columns.prepare(tmp_path)(columns.seeds()[0])
    assert open_recording(tmp_path / "a.parquet").streams.keys() == {
        Segment.LEFT_THIGH,
        Segment.LEFT_SHIN,
    }


def test_rows_without_a_segment(tmp_path):
    columns = target_named("parquet columns")
    data = changed_json(columns.seeds()[0], lambda c: c["segment"][1].__setitem__(0, None))
    with pytest.raises(RecordingError, match="without a segment"):
        columns.prepare(tmp_path)(data)


@pytest.mark.parametrize("name", ["parquet footer", "journal header"])
def test_deep_metadata(tmp_path, name):
    with pytest.raises(RecordingError):
        target_named(name).prepare(tmp_path)(DEEP.encode())


@pytest.mark.parametrize(
    "text", [f"x = {DEEP}", f"x = {'1' * 5000}", "a." * 5000 + "b = 1", "\n" * 99_999 + "x"]
)
def test_deep_lists_and_endless_numbers_and_names_in_toml(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordingError, match="not readable TOML"):
        read_map(path)
    with pytest.raises(ProtocolError, match="not readable TOML"):
        read_protocol(str(path))


def test_a_number_of_hundreds_of_digits_in_a_protocol(tmp_path):
    folder = Path(protocol_file.__file__).with_name("protocols")
    text = (folder / "stretch.toml").read_text(encoding="utf-8")
    changed = re.sub(r"bout_s = \d+", "bout_s = 1" + "0" * 400, text)
    (tmp_path / "own.toml").write_text(changed, encoding="utf-8")
    with pytest.raises(ProtocolError, match="stretch, bout_s: must be"):
        read_protocol(str(tmp_path / "own.toml"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[sensors.a]\nsegment = "pelvis"\n' + "\n" * 50_000 + "[sensors.b]\nx = 1\n", 50_004),
        ('[sensors.a]\nsegment = "pelvis"\n' * 1 + "\n".join(f"k{i} = 1" for i in range(4000)), 3),
        ("".join(f'[sensors.s{i}]\nsegment = "hip"\n' for i in range(2000)), 2),
    ],
)
def test_the_line_of_a_fault_in_a_long_file_is_found_at_once(tmp_path, text, line):
    (tmp_path / "sensors.toml").write_text(text, encoding="utf-8")
    began_s = time.process_time()
    with pytest.raises(AssignmentError, match=f"line {line}: "):
        read_assignments(tmp_path / "sensors.toml")
    assert time.process_time() - began_s < 2.0


def test_deep_json_of_what_is_remembered(tmp_path):
    (tmp_path / "a.json").write_text(DEEP, encoding="utf-8")
    with pytest.raises(SessionError, match="is damaged"):
        remembered(tmp_path)
    with pytest.raises(ResumeError, match="is damaged"):
        from_json(DEEP, plan_for("seated"))


@pytest.mark.parametrize(
    "held", ["[[0, -5]]", "[[3, 3]]", "[[5, 7], [0, 2]]", "[[0, 4], [2, 6]]", "[[0, 1e999]]", DEEP]
)
def test_a_note_of_pieces_that_cannot_be(tmp_path, held):
    (tmp_path / "a.bin.part").write_bytes(bytes(100))
    note = f'{{"unit_bytes": 10, "held": {held}}}'
    (tmp_path / "a.bin.part.json").write_text(note, encoding="utf-8")
    with pytest.raises(RecordingError, match="is damaged"):
        PartFile(tmp_path / "a.bin", 10)


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zips_damaged_inside_whatever_packed_them(tmp_path, kind):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        archive.writestr("left_thigh.csv", seeds.dot_csv("left thigh"))
    data = bytearray(buffer.getvalue())
    for place in range(45, len(data) - 120, 40):
        damaged = data.copy()
        damaged[place : place + 8] = bytes(8)
        (tmp_path / "a.zip").write_bytes(damaged)
        refused(tmp_path / "a.zip", r"a\.zip")


def test_a_zip_made_to_fill_the_memory(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("left_thigh.csv", seeds.dot_csv("left thigh") + bytes(60_000_000))
    assert (tmp_path / "a.zip").stat().st_size < 600_000
    refused(tmp_path / "a.zip", "would unpack to 0.1 GB")


def test_a_backup_whose_tables_have_names_that_are_no_text(tmp_path):
    with open_history(str(tmp_path / "a.sqlite")) as history:
        history.add_person("Ada")
        history.backup(tmp_path / "backup.sqlite")
    data = (tmp_path / "backup.sqlite").read_bytes()
    wrong = tmp_path / "wrong.sqlite"
    for name in (b"people", b"sessions", b"results"):
        wrong.write_bytes(data.replace(name, name[:-1] + b"\xc1"))
        with open_history(str(tmp_path / "b.sqlite")) as empty, pytest.raises(ImuHipError):
            empty.restore(wrong)
        Path(tmp_path / "b.sqlite").unlink()


def test_a_line_of_column_names_longer_than_a_cell_may_be(tmp_path):
    (tmp_path / "a.csv").write_text("t" * 200_000 + "\n1\n", encoding="utf-8")
    (tmp_path / "a.toml").write_bytes(seeds.SIDE_BY_SIDE_MAP.replace(b"= 1", b"= 0"))
    refused(tmp_path / "a.csv", "cannot be cut into cells")


def test_a_sidecar_that_is_something_else(tmp_path):
    (tmp_path / "a.csv").write_bytes(seeds.written_as("a.csv", raw=False))
    (tmp_path / "a.markers.csv").write_text("label" * 50_000, encoding="utf-8")
    refused(tmp_path / "a.csv", "too long for a list of labels")


def test_a_table_of_people_that_is_no_table(tmp_path):
    (tmp_path / "people.csv").write_text('person\n"Ada\n' + "x" * 200_000, encoding="utf-8")
    with pytest.raises(PeopleError):
        read_people(tmp_path / "people.csv")


@pytest.mark.parametrize("cell", ["[" * 50_000, "*a" * 2000])
def test_a_table_of_people_with_endless_patterns(tmp_path, cell):
    (tmp_path / "people.csv").write_text(f"recording,group\n{cell},x\n", encoding="utf-8")
    began_s = time.process_time()
    with pytest.raises(PeopleError, match="line 2 has a cell of more than 1000 characters"):
        read_people(tmp_path / "people.csv")
    assert time.process_time() - began_s < 1.0


def test_an_acceleration_at_times_that_do_not_rise():
    acc = np.ones((4, 3))
    assert acceleration_in_mps2(acc, float("nan"), Segment.PELVIS) == (acc, None)


def test_rows_of_a_cohort_that_are_none(tmp_path):
    path = tmp_path / "cohort.journal"
    path.write_bytes(target_named("journal of a cohort").seeds()[0])
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE outcome SET measured = '[[1]]' WHERE reason = ''")
    with Journal(path) as journal:
        journal.enlist([Found("a.parquet", "1")])
        with pytest.raises(CohortError, match="is damaged: rows that are none"):
            list(journal.measured())


def test_pages_of_a_cohort_that_are_damaged(tmp_path):
    path = tmp_path / "cohort.journal"
    data = bytearray(target_named("journal of a cohort").seeds()[0])
    # The first page tells the tables, all others hold their rows.
    data[4096:] = b"\xff" * len(data[4096:])
    path.write_bytes(data)
    with pytest.raises(CohortError, match=r"damaged|written"), Journal(path) as journal:
        list(journal.measured())


@pytest.mark.parametrize("value", ["4e4", "-1e30", "inf"])
def test_an_angle_that_no_joint_has(tmp_path, value):
    rows = "time_s,left_knee_flexion_deg\n0,1\n0.1,2\n0.2," + value
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(ImuHipError, match=r"no angle of a joint|too large|infinite"):
        read_angle_file(tmp_path / "a.csv")


def test_a_table_of_values_with_names_that_are_no_text(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"person,session,\xff\nAda,1,2\n")
    with pytest.raises(TableError):
        values_of_table(tmp_path / "a.csv", None, None)


def test_a_table_of_values_with_endless_columns(tmp_path):
    (tmp_path / "a.csv").write_text("," * 50_000 + "\nAda,1\n", encoding="utf-8")
    with pytest.raises(TableError, match="first line is longer"):
        values_of_table(tmp_path / "a.csv", None, None)


def test_sessions_numbered_beyond_what_python_counts(tmp_path):
    head = "person,session,task,side,measure,value\n"
    names = ("10", "9", "1" * 5000, "02")
    rows = "".join(f"Ada,{name},seated,left,internal,1\n" for name in names)
    (tmp_path / "a.csv").write_text(head + rows, encoding="utf-8")
    values, _ = values_of_table(tmp_path / "a.csv", None, None)
    assert [value.session for value in values] == ["02", "9", "10", "1" * 5000]


def test_a_cohort_whose_tables_have_names_that_are_no_text(tmp_path):
    data = target_named("journal of a cohort").seeds()[0]
    path = tmp_path / "cohort.journal"
    path.write_bytes(data.replace(b"CREATE TABLE outcome", b"CREATE TABL\xc1 outcome"))
    with (
        pytest.raises(CohortError, match=r"is damaged|cannot be written"),
        Journal(path) as journal,
    ):
        list(journal.measured())


@pytest.mark.parametrize("blanks", ["\t" * 60_000, " " * 60_000, " \t" * 30_000])
def test_blanks_without_end_in_a_table_of_opensim(tmp_path, blanks):
    text = f"endheader\ntime\tknee_angle_l\n0{blanks}x\t1\n0.1\t2\n"
    (tmp_path / "a.mot").write_text(text, encoding="utf-8")
    began_s = time.process_time()
    with pytest.raises(ImuHipError):
        read_angle_file(tmp_path / "a.mot")
    assert time.process_time() - began_s < 1.0


def test_blanks_around_the_tabs_of_opensim(tmp_path):
    text = "inDegrees=yes\nendheader\n  time \t  knee_angle_l \t\n 0  \t 1 \t \n0.1\t   2\n"
    (tmp_path / "a.mot").write_text(text, encoding="utf-8")
    (angle_deg,) = read_angle_file(tmp_path / "a.mot").values.values()
    assert angle_deg.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("encoding", ["UTF-6", "cp932", "idna"])
def test_a_map_of_sensors_in_an_encoding_that_cannot_be_read(tmp_path, encoding):
    data = seeds.xsens_with_xml().replace(b"UTF-8", encoding.encode())
    with pytest.raises(RecordingError, match="not readable XML"):
        target_named("Xsens folder").prepare(tmp_path)(data)
