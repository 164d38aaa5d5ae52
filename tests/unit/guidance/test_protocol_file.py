"""Protocols that come with the project, and a clinic's own."""

import re
from pathlib import Path

import pytest

import imu_hip.guidance
from imu_hip.guidance.errors import ProtocolError
from imu_hip.guidance.protocol import ProtocolKind
from imu_hip.guidance.protocol_file import BUILT_IN, protocols, read_protocol
from imu_hip.measures.cross_legged import CROSSING
from imu_hip.measures.repetitions import RepetitionParameters
from imu_hip.names import Direction, Doing, Task

FOLDER = Path(imu_hip.guidance.__file__).parent / "protocols"


UNKNOWN_PLACE = (
    "part 1, movement 2, hold, text: {leg} cannot be filled in, only {side}, {other_side}, "
    "{repetition}, {repetitions}"
)


def edited(tmp_path, name, *changes, source="seated"):
    """A clinic's file, made from one of the project's."""
    text = (FOLDER / f"{source}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path):
    with pytest.raises(ProtocolError) as caught:
        read_protocol(str(path))
    assert all(fault in str(caught.value) for fault in caught.value.faults)
    return caught.value.faults


def test_all_files_of_the_project_are_read():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(BUILT_IN)
    assert [protocol.name for protocol in protocols()] == list(BUILT_IN)


def test_tests_measure_like_recordings_do():
    gates = {p.name: [part.gates for part in p.parts] for p in protocols()}
    assert gates["seated"] == gates["prone"] == gates["short"] == [RepetitionParameters()]
    assert gates["cross_legged"] == [CROSSING]


def test_a_seated_test_has_three_counted_repetitions_of_both_turns():
    (part,) = read_protocol("seated").parts
    assert (part.task, part.familiarisation, part.repetitions) == (Task.SEATED, 1, 3)
    assert [m.direction for m in part.movements] == [Direction.INTERNAL, Direction.EXTERNAL]


def test_the_stretch_has_the_dose_of_its_article():
    stretch = read_protocol("stretch").stretch
    assert 30.0 <= stretch.bout_s <= 60.0
    assert stretch.restricted_ratio == 2
    assert 240.0 <= stretch.total_s <= 600.0


def test_every_protocol_can_lead_through_the_calibration():
    for protocol in protocols():
        assert {Doing.STAND, Doing.SIT, Doing.STRAIGHTEN_KNEE} <= set(protocol.cues)


def cues_of(protocol):
    yield from protocol.cues.values()
    for part in protocol.parts:
        yield part.position
        for movement in part.movements:
            yield from (movement.move, movement.hold, movement.back)
    if protocol.stretch is not None:
        s = protocol.stretch
        yield from (s.position, s.begin, s.deepen, s.ease_off, s.change)


@pytest.mark.parametrize("name", BUILT_IN)
def test_cues_are_short_enough_to_read_from_two_metres_and_to_hear(name):
    for cue in cues_of(read_protocol(name)):
        assert len(cue.text) <= 60
        assert len(cue.speech.split()) <= 26


@pytest.mark.parametrize("name", ["seated", "prone", "short"])
def test_a_turn_is_always_told_with_what_the_foot_does(name):
    for part in read_protocol(name).parts:
        for movement in part.movements:
            inward = movement.direction is Direction.INTERNAL
            turn, foot = ("inward", "out") if inward else ("outward", "in")
            for text in (movement.move.text, movement.hold.text, movement.move.speech):
                assert re.search(rf"\b{turn}\b", text, re.IGNORECASE)
            for text in (movement.move.text, movement.hold.text):
                assert re.search(rf"foot (moves )?{foot}\b", text)
        about = read_protocol(name).about if name != "short" else "inward (foot moves out)"
        assert "inward (foot moves out)" in about


def test_a_clinic_adds_its_own(tmp_path):
    edited(tmp_path, "ward_3", ('title = "Seated test"', 'title = "Ward 3"'))
    found = protocols(tmp_path)
    assert [p.name for p in found] == [*BUILT_IN, "ward_3"]
    assert read_protocol("ward_3", tmp_path).title == "Ward 3"
    assert read_protocol(str(tmp_path / "ward_3.toml")) == found[-1]


def test_gates_that_are_left_out_are_the_usual_ones(tmp_path):
    path = edited(tmp_path, "wide", ("largest_lift_deg = 10", "largest_lift_deg = 15"))
    (part,) = read_protocol(str(path)).parts
    assert part.gates == RepetitionParameters(largest_lift_deg=15.0)


def test_all_faults_are_told_at_once_each_with_its_place(tmp_path):
    path = edited(
        tmp_path,
        "bad",
        ('title = "Seated test"\n', ""),
        ('kind = "test"', 'kind = "test"\ncolour = "red"'),
        ("repetitions = 3", "repetitions = 300"),
        ("hold_s = 1.5", 'hold_s = "long"'),
        ("knee_range_deg = [70, 110]", "knee_range_deg = [110, 70]"),
        ('direction = "external"', 'direction = "internal"'),
        ('text = "Hold: outward turn, foot in"', 'text = "{leg}"\nloud = true'),
        ('picture = "seated"', 'picture = "../seated"'),
    )
    assert set(faults_of(path)) == {
        "title: is missing",
        "colour: is not known; remove it or check its spelling",
        "part 1, picture: may hold only small letters, digits and _",
        "part 1, repetitions: must be 10 at most",
        "part 1, hold_s: must be a number",
        "part 1, gates, knee_range_deg: the second must be greater than the first",
        "part 1, movement 2, direction: the same as that of another movement",
        UNKNOWN_PLACE,
        "part 1, movement 2, hold, loud: is not known; remove it or check its spelling",
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('task = "seated"', 'task = "run"'), "part 1, task: must be 'seated', 'prone' or"),
        (('direction = "internal"', ""), "part 1, movement 1, direction: is missing"),
        (
            ('task = "seated"', 'task = "cross-legged"'),
            "part 1, movement 1, direction: crossing a leg has none",
        ),
        (("hold_s = 1.5", "hold_s = 0.4"), "part 1, hold_s: is shorter than the shortest plateau"),
        (("hold_s = 1.5", "hold_s = nan"), "part 1, hold_s: must be a number"),
        (('kind = "test"', 'kind = "stretch"'), "stretch: is missing"),
        (('kind = "test"', 'kind = "calibration"'), "parts: belong to a test"),
        (('kind = "test"', 'kind = "test"\nsides = []'), "sides: needs 1 at least"),
        (('kind = "test"', 'kind = "test"\nsides = ["left", "left"]'), "sides: one is named twice"),
        (('text = "Sit tall', 'text = "\\u0007Sit tall'), "part 1, position, text: holds a char"),
        (('text = "Sit tall', f'text = "{"a" * 90}'), "part 1, position, text: is longer than 80"),
        (('speech = "Hold."', 'speech = ""'), "part 1, movement 1, hold, speech: is empty"),
        (("repetitions = 3", "repetitions = true"), "part 1, repetitions: must be a whole number"),
        (("repetitions = 3", 'repetitions = "3"'), "part 1, repetitions: must be a whole number"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path, change, fault):
    (told,) = [f for f in faults_of(edited(tmp_path, "bad", change)) if f.startswith(fault)]
    assert told


def test_the_same_task_twice_is_refused(tmp_path):
    path = edited(tmp_path, "twice")
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[parts]]") :], encoding="utf-8")
    assert faults_of(path) == ("part 2, task: seated is part 1 already",)


@pytest.mark.parametrize("name", ["seated", "Ward 3", "a" * 41])
def test_names_that_are_taken_or_no_names_are_refused(tmp_path, name):
    edited(tmp_path, name)
    with pytest.raises(ProtocolError, match="name of the file"):
        protocols(tmp_path)


def test_faults_of_all_files_of_a_folder_are_told(tmp_path):
    edited(tmp_path, "one", ('kind = "test"', 'kind = "dance"'))
    edited(tmp_path, "two", ("[[parts]]", "[[parts"))
    (tmp_path / "three.toml").write_bytes(b"")
    (tmp_path / "four.toml").write_text("a = 1\n" * 50_000)
    with pytest.raises(ProtocolError) as caught:
        protocols(tmp_path)
    assert all(f"{name}.toml" in str(caught.value) for name in ("one", "two", "three", "four"))
    assert len(caught.value.faults) == 4


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(ProtocolError, match="no protocol dance"):
        read_protocol("dance")
    with pytest.raises(ProtocolError, match="There is no file"):
        read_protocol(str(tmp_path / "dance.toml"))
    with pytest.raises(ProtocolError, match="is no folder"):
        protocols(tmp_path / "nowhere")


def test_a_stretch_shorter_than_a_bout_is_refused(tmp_path):
    path = edited(tmp_path, "odd", ("total_s = 400", "total_s = 40"), source="stretch")
    assert faults_of(path) == ("stretch, total_s: is shorter than one bout",)


def test_a_kind_is_one_of_three():
    assert {p.kind for p in protocols()} == set(ProtocolKind)
