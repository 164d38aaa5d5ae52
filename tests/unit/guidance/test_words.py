"""What sessions say: both words for a direction, no disease, no threshold."""

import re
from pathlib import Path

import pytest

import imu_hip.guidance
from imu_hip.guidance import events
from imu_hip.guidance.view import Stage
from imu_hip.guidance.words import direction_words, movement_words
from imu_hip.names import Direction, Side, Task
from tests.guided_people import Obedient, Room, plan_for, repetition

GUIDANCE = Path(imu_hip.guidance.__file__).parent
CLINICAL = re.compile(
    r"arthr|impinge|\bFAI\b|dysplasia|version\b|syndrome|disease|patholog|abnormal|diagnos|"
    r"patient|tear\b|\b24°|\b85°|\b15°",
    re.IGNORECASE,
)


def test_a_direction_has_both_words():
    assert direction_words(Direction.INTERNAL) == "inward turn, foot moves out"
    assert direction_words(Direction.EXTERNAL) == "outward turn, foot moves in"
    assert movement_words(Task.PRONE, Side.LEFT, Direction.EXTERNAL) == (
        "prone test, left leg, outward turn, foot moves in"
    )


@pytest.mark.parametrize("path", sorted(GUIDANCE.glob("**/*.toml")), ids=lambda path: path.stem)
def test_protocols_name_no_disease_and_no_threshold(path):
    assert not CLINICAL.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["seated", "prone", "cross_legged", "stretch"])
def test_sessions_say_no_disease_and_fill_everything_in(name):
    room = Room(plan_for(name))
    Obedient(room).finish()
    for view in room.views:
        texts = [view.cue.text, view.cue.speech, view.notice, view.warning, *view.sentences]
        texts += [button.words for button in view.buttons]
        for text in texts:
            assert not CLINICAL.search(text)
            assert "{" not in text
            assert "—" not in text


@pytest.mark.parametrize("asked", Direction)
def test_turning_the_other_way_is_told_with_both_words(asked):
    room = Room(plan_for("seated"))
    Obedient(room).until(
        lambda view: (
            view.stage is Stage.MEASURE
            and view.asked.direction is asked
            and view.asked.doing.value == "turn"
        )
    )
    done = next(direction for direction in Direction if direction is not asked)
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(done)))
    for direction in Direction:
        assert direction_words(direction) in room.view.notice
