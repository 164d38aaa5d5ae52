import json
import warnings
from dataclasses import replace

import numpy as np
import pytest

from imu_hip.errors import NothingMeasuredError, OutputError
from imu_hip.exchange import bids_tables
from imu_hip.exchange.bids_angles import angles_of
from imu_hip.exchange.bids_dataset import place_together
from imu_hip.exchange.bids_names import BidsNames
from imu_hip.exchange.bids_tables import add_rows
from imu_hip.exchange.bids_tracking import PIECE_ROWS
from imu_hip.exchange.motion_bids import write_motion_bids
from imu_hip.names import Sex

NAMES = BidsNames("01", "seated", "a", 1)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows_of(path):
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def numbers_of(path):
    cells = ((np.nan if cell == "n/a" else float(cell) for cell in row) for row in rows_of(path))
    return np.array([list(row) for row in cells])


@pytest.fixture
def dataset(tmp_path, on_one_clock, angles):
    folder = tmp_path / "dataset"
    # The angles' times are those of the recording from 2 s on.
    write_motion_bids(on_one_clock, angles, folder, NAMES, sex=Sex.FEMALE, notes=["A note."])
    return folder


@pytest.fixture
def motionbids_of():
    """A tracking system as the `motionbids` package sees it, read back from its files."""
    motionbids = pytest.importorskip("motionbids")

    def read(motion_json):
        stem = motion_json.name.removesuffix("_motion.json")
        labels = dict(part.split("-") for part in stem.split("_"))
        said = json.loads(motion_json.read_text(encoding="utf-8"))
        header, *rows = rows_of(motion_json.with_name(f"{stem}_channels.tsv"))
        channels = [dict(zip(header, row, strict=True)) for row in rows]
        document = json.loads(
            motion_json.with_name(f"{stem}_channels.json").read_text(encoding="utf-8")
        )
        frames = [
            motionbids.ReferenceFrame(
                name,
                spatial_axes=level.get("SpatialAxes"),
                rotation_order=level["RotationOrder"],
                rotation_rule=level["RotationRule"],
                description=level["Description"],
            )
            for name, level in document["reference_frame"]["Levels"].items()
        ]
        return motionbids.MotionData(
            subject=labels["sub"],
            session=labels.get("ses"),
            task_name=said["TaskName"],
            tracksys=labels["tracksys"],
            run=int(labels["run"]) if "run" in labels else None,
            sampling_frequency=said["SamplingFrequency"],
            tracked_points_count=said["TrackedPointsCount"],
            manufacturer=said["Manufacturer"],
            manufacturers_model_name=said["ManufacturersModelName"],
            software_versions=said["SoftwareVersions"],
            motion_channel_count=said["MotionChannelCount"],
            recording_duration=said["RecordingDuration"],
            recording_type=said["RecordingType"],
            data=numbers_of(motion_json.with_name(f"{stem}_motion.tsv")),
            channels=[
                motionbids.Channel(**{f"channel_{key}": cell for key, cell in one.items()})
                for one in channels
            ],
            reference_frames=frames,
        )

    return read


def test_motionbids_finds_no_fault_and_nothing_to_recommend(dataset, motionbids_of):
    from motionbids import validate_motion_data  # noqa: PLC0415

    found = sorted(dataset.rglob("*_motion.json"))
    assert len(found) == 2
    for path in found:
        # Its warnings are errors here, and `strict` refuses what is only recommended.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            data = motionbids_of(path)
            assert validate_motion_data(data, strict=True)
        assert data.get_bids_filename("motion", "json") == path.name
        assert all(frame.handedness in {None, "right-hand"} for frame in data.reference_frames)


def test_motionbids_would_find_a_fault(dataset, motionbids_of):
    from motionbids import ValidationError, validate_motion_data  # noqa: PLC0415

    path = next(dataset.rglob("*imu*_motion.json"))
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(said | {"RecordingDuration": 60.0}), encoding="utf-8")
    with pytest.raises(ValidationError, match="Number of samples"):
        validate_motion_data(motionbids_of(path))


def test_every_name_is_one_of_the_standard(dataset):
    validator = pytest.importorskip("bidsschematools.validator")
    found = validator.validate_bids(str(dataset))
    # Four files of the dataset, ten of the recording, and the table of scans.
    assert len(found["path_listing"]) == 15
    assert found["path_tracking"] == [], "names that fit no rule of the standard's schema"
    (dataset / "sub-01" / "ses-a" / "motion" / "sub-01_ses-a_task-seated_angles.tsv").touch()
    assert len(validator.validate_bids(str(dataset))["path_tracking"]) == 1


def test_the_files_of_a_recording(dataset, on_one_clock, angles):
    place = dataset / "sub-01" / "ses-a" / "motion"
    stem = "sub-01_ses-a_task-seated"
    each = ("motion.tsv", "motion.json", "channels.tsv", "channels.json")
    assert {path.name for path in place.iterdir()} == {
        *(f"{stem}_tracksys-{system}_run-01_{x}" for system in ("imu", "angles") for x in each),
        f"{stem}_tracksys-imu_run-01_events.tsv",
        f"{stem}_tracksys-imu_run-01_events.json",
    }
    assert rows_of(place.parent / "sub-01_ses-a_scans.tsv") == [
        ["filename", "acq_time"],
        [f"motion/{stem}_tracksys-angles_run-01_motion.tsv", "n/a"],
        [f"motion/{stem}_tracksys-imu_run-01_motion.tsv", "n/a"],
    ]
    assert rows_of(dataset / "participants.tsv") == [["participant_id", "sex"], ["sub-01", "F"]]
    described = json.loads((dataset / "dataset_description.json").read_text(encoding="utf-8"))
    assert described["Name"] == "dataset"
    assert (dataset / "README.md").read_text(encoding="utf-8").startswith("# dataset\n")


def test_gaps_are_not_available(dataset):
    place = dataset / "sub-01" / "ses-a" / "motion"
    stem = "sub-01_ses-a_task-seated_tracksys-angles_run-01"
    header, *channels = rows_of(place / f"{stem}_channels.tsv")
    names = [row[header.index("name")] for row in channels]
    rows = rows_of(place / f"{stem}_motion.tsv")
    assert len(rows) == 4, "a motion file has no header"
    # The angles begin a second before the recording does in this fixture.
    assert rows[1][names.index("latency")] == "-0.980000"
    assert rows[1][names.index("right_hip_rotation")] == "n/a"
    assert rows[2][names.index("right_hip_rotation")] == "7.25"
    assert not any("left" in name for name in names), "a leg that was never measured"
    by_name = dict(zip(names, channels, strict=True))
    hip = dict(zip(header, by_name["right_hip_rotation"], strict=True))
    assert (hip["type"], hip["units"], hip["component"]) == ("JNTANG", "deg", "y")
    assert hip["reference_frame"] == "joint"
    frames = json.loads((place / f"{stem}_channels.json").read_text(encoding="utf-8"))
    joint = frames["reference_frame"]["Levels"]["joint"]
    # The standard counts rotations about fixed axes: intrinsic ZXY is extrinsic YXZ.
    assert (joint["SpatialAxes"], joint["RotationOrder"]) == ("ASR", "YXZ")


def test_how_sure_the_angles_are_goes_with_them(dataset, on_one_clock, angles):
    said = json.loads(next(dataset.rglob("*angles*_motion.json")).read_text(encoding="utf-8"))
    assert said["Notes"] == ["A note."]
    assert said["TaskDescription"].startswith("Seated")
    simulated = replace(on_one_clock, simulated=True)
    for path in write_motion_bids(simulated, angles, dataset, replace(NAMES, run=2)):
        if path.name.endswith("_motion.json"):
            said = json.loads(path.read_text(encoding="utf-8"))
            assert said["TaskDescription"] == "Simulated, not measured on a person."


def test_long_recordings_are_written_in_pieces(make_table):
    rows = 2 * PIECE_ROWS + 5
    values = np.arange(float(rows))
    pieces = list(angles_of(make_table(left_knee_flexion_deg=values), 2.0).motion_tsv())
    assert len(pieces) == 3
    lines = "".join(pieces).splitlines()
    assert [float(line.split("\t")[1]) for line in lines] == values.tolist()


def test_events_are_the_markers(dataset):
    (events,) = dataset.rglob("*_tracksys-imu_run-01_events.tsv")
    assert rows_of(events) == [
        ["onset", "duration", "trial_type", "side"],
        ["0.000", "0.040", "stand", "both"],
        ["0.040", "0.060", "seated", "left"],
    ]


def test_without_markers_there_are_no_events(tmp_path, on_one_clock):
    files = write_motion_bids(
        replace(on_one_clock, markers=()), None, tmp_path / "d", BidsNames("01", "seated")
    )
    assert [file.name for file in files] == [
        f"sub-01_task-seated_tracksys-imu_{suffix}"
        for suffix in ("motion.tsv", "motion.json", "channels.tsv", "channels.json")
    ]
    assert files[0].parent == tmp_path / "d" / "sub-01" / "motion"


@pytest.mark.parametrize(
    "names",
    [
        replace(NAMES, subject="02"),
        replace(NAMES, session="b"),
        replace(NAMES, run=2),
        replace(NAMES, task="prone"),
    ],
)
def test_another_recording_is_added_and_nothing_else_changes(dataset, on_one_clock, angles, names):
    before = contents(dataset)
    added = write_motion_bids(on_one_clock, angles, dataset, names)
    after = contents(dataset)
    assert set(added) <= set(after)
    changed = {path.name for path, own in before.items() if after[path] != own}
    # Tables only grow.
    assert changed <= {"participants.tsv", "sub-01_ses-a_scans.tsv"}
    for path, own in before.items():
        assert after[path].startswith(own) or path.name.endswith("_scans.tsv")
        assert set(own.splitlines()) <= set(after[path].splitlines())


def test_the_same_recording_twice_is_refused_with_a_free_run(dataset, on_one_clock, angles):
    write_motion_bids(on_one_clock, angles, dataset, replace(NAMES, run=2))
    before = contents(dataset)
    with pytest.raises(OutputError, match=r"is there already.*--run 3"):
        write_motion_bids(on_one_clock, angles, dataset, NAMES)
    assert contents(dataset) == before


def test_columns_of_others_are_kept(dataset, on_one_clock):
    people = dataset / "participants.tsv"
    people.write_text("participant_id\tage\nsub-01\t31\nsub-07\t40\n", encoding="utf-8")
    write_motion_bids(on_one_clock, None, dataset, BidsNames("02", "run"), sex=Sex.MALE)
    assert rows_of(people) == [
        ["participant_id", "age"],
        ["sub-01", "31"],
        ["sub-07", "40"],
        ["sub-02", "n/a"],
    ]


def test_what_a_broken_run_did_not_list_is_listed_by_the_next(dataset, on_one_clock):
    (dataset / "participants.tsv").unlink()
    write_motion_bids(on_one_clock, None, dataset, BidsNames("02", "run"), sex=Sex.MALE)
    assert rows_of(dataset / "participants.tsv")[1:] == [["sub-01", "n/a"], ["sub-02", "M"]]


def test_two_processes_do_not_lose_each_others_rows(dataset, on_one_clock, monkeypatch):
    # The other process reads and writes the table between our reading and our writing of it.
    replacing = bids_tables.replacing
    waiting = [BidsNames("03", "run")]

    def late(path):
        if path.name == "participants.tsv" and waiting:
            write_motion_bids(on_one_clock, None, dataset, waiting.pop())
        return replacing(path)

    monkeypatch.setattr(bids_tables, "replacing", late)
    write_motion_bids(on_one_clock, None, dataset, BidsNames("02", "run"), sex=Sex.MALE)
    people = dict(rows_of(dataset / "participants.tsv")[1:])
    assert people == {"sub-01": "F", "sub-02": "M", "sub-03": "n/a"}


def test_a_folder_of_other_things_is_refused(tmp_path, on_one_clock):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(OutputError, match="not empty and is no BIDS dataset"):
        write_motion_bids(on_one_clock, None, tmp_path, NAMES)
    with pytest.raises(OutputError, match="is a file"):
        write_motion_bids(on_one_clock, None, tmp_path / "thesis.txt", NAMES)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_nothing_is_begun_without_a_number(tmp_path, on_one_clock, make_table):
    empty = make_table(left_knee_flexion_deg=[np.nan] * 3)
    with pytest.raises(NothingMeasuredError):
        write_motion_bids(on_one_clock, empty, tmp_path / "d", NAMES)
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"subject": "anna_b"}, "'anna_b'"),
        ({"subject": ""}, "subject label ''"),
        ({"subject": "ä"}, "letters a to z"),
        ({"session": "2024-05-01"}, "session label"),
        ({"task": "cross-legged"}, "--task seated"),
        ({"subject": "../../etc"}, "subject label"),
        ({"run": 0}, "Run 0"),
    ],
)
def test_labels_that_do_not_fit(labels, words):
    with pytest.raises(OutputError, match=words):
        BidsNames(**({"subject": "01", "task": "seated"} | labels))


def test_files_come_together_or_not_at_all(tmp_path):
    place = tmp_path / "sub-01" / "motion"
    place.mkdir(parents=True)
    (place / "b").write_text("another", encoding="utf-8")
    with pytest.raises(OutputError, match="b cannot be written"):
        place_together(tmp_path, place, {"a": ["1"], "b": ["2"], "c": ["3"]})
    assert {path.name: path.read_bytes() for path in place.iterdir()} == {"b": b"another"}
    assert [path.name for path in tmp_path.iterdir()] == ["sub-01"], "nothing is left behind"


def test_a_table_that_is_none_is_left_alone(tmp_path):
    table = tmp_path / "participants.tsv"
    for text in ("a file of notes\n", "participant_id\tsex\nsub-01\n", ""):
        table.write_text(text, encoding="utf-8")
        with pytest.raises(OutputError, match="no table with a column participant_id"):
            add_rows(table, ({"participant_id": "sub-02", "sex": "n/a"},))
        assert table.read_text(encoding="utf-8") == text
