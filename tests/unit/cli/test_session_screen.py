"""What a guided session looks like in a terminal."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from imu_hip.cli.session_screen import (
    BAR_WIDTH,
    angle_bar,
    leg_bar,
    results_table,
    session_page,
    turn_words,
)
from imu_hip.guidance.protocol import Cue, ProtocolKind
from imu_hip.guidance.view import (
    Button,
    Command,
    Done,
    ResultView,
    SessionView,
    Stage,
    StretchView,
)
from imu_hip.live.messages import LegFrame, LiveFrame, SensorHealth
from imu_hip.names import Direction, Segment, Side, Task

MIDDLE = BAR_WIDTH // 2
ENDS_DEG = (-60.0, 60.0)

VIEW = SessionView(
    session=1,
    person="Anna",
    protocol="seated",
    title="Seated test",
    kind=ProtocolKind.TEST,
    simulated=True,
    stage=Stage.MEASURE,
    paused=False,
    task=Task.SEATED,
    side=Side.LEFT,
    asked=None,
    cue=Cue("Inward turn: left foot moves out", "Turn inward."),
    cue_number=3,
    tone=None,
    tone_number=0,
    notice="Not counted: the thigh lifted by 14°.",
    warning="",
    fraction=0.5,
    picture="seated",
    buttons=(Button(Command.KEEP, "Take this angle"), Button(Command.PAIN, "It hurts")),
    done=(
        Done(Task.SEATED, Side.LEFT, Direction.INTERNAL, 1, 3),
        Done(Task.PRONE, Side.LEFT, Direction.INTERNAL, 0, 3),
    ),
    repetitions=(),
    results=(),
    last_time=(ResultView(Task.SEATED, Side.LEFT, "internal", 30.0, 1.0, 6.0, 3),),
    stretch=None,
    sentences=(),
    report="",
)
FRAME = LiveFrame(12.0, 0.0, {Side.LEFT: LegFrame(31.4, 2.0, 88.0, 55.0)})


def text_of(drawn, width=80):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(drawn)
    return console.file.getvalue()


def page(view=VIEW, frame=FRAME, sensors=(), *, keys=True, width=80):
    return text_of(session_page(view, frame, sensors, keys=keys), width)


def test_the_page_says_everything_that_matters():
    text = page()
    for told in (
        "Seated test",
        "Anna",
        "simulated",
        "Inward turn: left foot moves out",
        "left thigh 31° inward",
        "outward turn, foot moves in",
        "inward turn, foot moves out",
        "Not counted: the thigh lifted by 14°.",
        "left inward 1 of 3",
        "k Take this angle",
        "x It hurts",
        "q Stop",
    ):
        assert told in text
    # The prone test does not go on now.
    assert "0 of 3" not in text


def test_without_a_keyboard_no_keys_are_offered():
    assert "Take this angle" not in page(keys=False)


def test_only_sensors_that_are_away_are_named():
    good = SensorHealth(Segment.LEFT_SHIN, "streaming", True, 60.0, 0.0, 80.0, "")
    gone = replace(good, segment=Segment.RIGHT_SHIN, streams=False, state="link lost, searching")
    text = page(sensors=(good, gone))
    assert "right shin: link lost, searching" in text
    assert "left shin" not in text


def test_sensors_that_were_let_go_of_at_the_end_are_no_fault():
    gone = SensorHealth(Segment.LEFT_SHIN, "stopped", False, 0.0, 0.0, 80.0, "")
    text = page(replace(VIEW, stage=Stage.RESULT), sensors=(gone,))
    assert "stopped" not in text
    assert "Take this angle" not in text


def test_a_narrow_terminal_still_shows_everything():
    assert max(len(line.rstrip()) for line in page(width=62).splitlines()) <= 62


def test_a_stretch_counts_down_with_its_best():
    stretch = StretchView(2, 9, Side.LEFT, {Side.LEFT: 6, Side.RIGHT: 3}, 31.2, 18.4, 2, 90.0)
    text = page(replace(VIEW, stretch=stretch))
    assert "Bout 2 of 9, left leg" in text
    assert "31 s left" in text
    assert "best 18°" in text


@pytest.mark.parametrize(
    ("angle_deg", "filled"),
    [
        (0.0, (MIDDLE, MIDDLE)),
        # Each side has 30 cells for 60 degrees, so 30 degrees are 15 cells.
        (30.0, (MIDDLE, MIDDLE + 15)),
        (-30.0, (MIDDLE - 15, MIDDLE)),
        (90.0, (MIDDLE, BAR_WIDTH - 1)),
    ],
)
def test_the_bar_reaches_from_zero_to_the_angle(angle_deg, filled):
    cells = angle_bar(angle_deg, ENDS_DEG, (), ()).plain
    found = [place for place, cell in enumerate(cells) if cell == "█"]
    assert len(cells) == BAR_WIDTH
    assert found == list(range(filled[0], filled[1] + 1))


def test_marks_stand_where_they_belong():
    cells = angle_bar(None, ENDS_DEG, (-45.0, 45.0), (30.0, None)).plain
    # 45 degrees are 22.5 cells, rounded to the even neighbour on both sides.
    assert [place for place, cell in enumerate(cells) if cell == "│"] == [8, 52]
    assert cells.index("┆") == MIDDLE + 15
    assert "█" not in cells


def test_what_is_not_measured_is_not_drawn_as_zero():
    text = text_of(leg_bar(VIEW, Side.LEFT, LegFrame(None, None, None, None)))
    assert "not measured" in text
    assert "█" not in text


def test_a_crossed_leg_shows_the_slope_of_its_shin():
    view = replace(VIEW, task=Task.CROSS_LEGGED)
    assert "left shin 55° from level" in text_of(leg_bar(view, Side.LEFT, FRAME.legs[Side.LEFT]))


@pytest.mark.parametrize(
    ("rotation_deg", "words"),
    [(31.4, "31° inward"), (-8.0, "8° outward"), (0.3, "0°"), (-0.4, "0°"), (None, "not measured")],
)
def test_a_rotation_in_words(rotation_deg, words):
    assert turn_words(rotation_deg) == words


def test_no_result_stands_without_its_uncertainty():
    results = (
        ResultView(Task.SEATED, Side.LEFT, "internal", 36.2, 1.4, 6.0, 3),
        ResultView(Task.SEATED, Side.RIGHT, "external", 41.8, 2.6, 6.0, 3),
    )
    text = text_of(results_table(results))
    assert "36° ±1°" in text
    assert "42° ±3°" in text
    assert text.count("not measured") == 2
    assert "inward turn, foot moves out" in text
