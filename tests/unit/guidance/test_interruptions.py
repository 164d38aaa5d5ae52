"""Pause, pain, stop, sensors that go away, and a program that dies."""

from dataclasses import replace

import pytest

from imu_hip.guidance import events
from imu_hip.guidance.errors import ResumeError
from imu_hip.guidance.session import from_json, to_json, view_of
from imu_hip.guidance.view import Command, Stage
from imu_hip.names import Direction, Doing, Segment, Side
from tests.guided_people import Obedient, Room, plan_for, repetition


@pytest.fixture
def room():
    """The left leg turns inward for the first repetition that counts."""
    room = Room(plan_for("seated"))
    Obedient(room).until(lambda view: view.stage is Stage.MEASURE)
    while room.asked.doing is not Doing.TURN:
        room.wait()
    room.tell(events.MovementBegan(Side.LEFT, Direction.INTERNAL))
    return room


def commands(room):
    return {button.command for button in room.view.buttons}


def test_a_sensor_lost_marks_the_repetition_and_the_session_goes_on_by_itself(room):
    room.tell(events.SensorLost(Segment.LEFT_SHIN))
    assert "left shin" in room.view.warning
    (lost,) = room.view.repetitions
    assert (lost.counted, lost.reason) == (False, "samples were lost during the movement")
    assert room.asked.doing is Doing.BE_READY
    room.wait(30.0)
    assert room.asked.doing is Doing.BE_READY
    # What its samples still show of the movement is no second repetition.
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL)))
    room.tell(events.SensorBack(Segment.LEFT_SHIN))
    assert room.view.warning == ""
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL)))
    assert len(room.view.repetitions) == 1
    Obedient(room).finish()
    assert [(d.counted, d.wanted) for d in room.view.done] == [(3, 3)] * 4


def test_a_sensor_of_the_other_leg_is_only_warned_of(room):
    room.tell(events.SensorLost(Segment.RIGHT_SHIN))
    assert "right shin" in room.view.warning
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL)))
    assert [r.counted for r in room.view.repetitions] == [True]


def test_a_leg_whose_sensor_stays_away_waits_when_its_turn_comes(room):
    room.tell(events.SensorLost(Segment.RIGHT_THIGH))
    person = Obedient(room)
    person.until(lambda view: view.side is Side.RIGHT)
    room.wait(20.0)
    assert room.view.stage is Stage.POSITION
    assert "right thigh" in room.view.cue.speech
    room.tell(events.SensorBack(Segment.RIGHT_THIGH))
    person.finish()
    assert room.view.stage is Stage.RESULT


def test_both_sensors_of_a_leg_must_be_back(room):
    room.tell(events.SensorLost(Segment.LEFT_SHIN))
    room.tell(events.SensorLost(Segment.LEFT_THIGH))
    room.tell(events.SensorBack(Segment.LEFT_SHIN))
    room.wait(10.0)
    assert room.asked.doing is Doing.BE_READY
    room.tell(events.SensorBack(Segment.LEFT_THIGH))
    room.wait(10.0)
    assert room.asked.doing is Doing.TURN


def test_a_pause_marks_the_repetition_and_resuming_asks_for_it_again(room):
    room.command(Command.PAUSE)
    assert room.view.paused
    assert room.asked.doing is Doing.REST
    assert commands(room) == {Command.RESUME, Command.RECALIBRATE, Command.STOP}
    assert [r.reason for r in room.view.repetitions] == ["paused during the movement"]
    room.wait(60.0)
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL)))
    assert room.view.paused
    room.command(Command.RESUME)
    assert room.asked.doing is Doing.BE_READY
    Obedient(room).finish()
    assert [d.counted for d in room.view.done] == [3] * 4


def test_calibrating_in_between_keeps_what_was_measured(room):
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL)))
    room.command(Command.PAUSE)
    room.command(Command.RECALIBRATE)
    assert room.asked.doing is Doing.STAND
    Obedient(room).finish()
    assert [d.counted for d in room.view.done] == [3] * 4


def test_pain_ends_the_movement_at_once(room):
    room.command(Command.PAIN)
    assert room.view.cue.text == "Stop here and let the leg hang"
    assert room.asked.doing is Doing.REST
    assert [(r.counted, r.reason) for r in room.view.repetitions] == [(False, "ended by pain")]
    # Nothing goes on by itself after pain.
    room.wait(120.0)
    assert room.asked.doing is Doing.REST
    room.command(Command.CONTINUE)
    assert room.asked.direction is Direction.EXTERNAL
    Obedient(room).finish()
    assert [d.counted for d in room.view.done] == [0, 3, 3, 3]
    assert room.view.sentences == (
        "Seated test, left leg, inward turn, foot moves out: ended by pain, nothing counted.",
    )


def test_pain_in_a_position_ends_that_leg_once():
    room = Room(plan_for("seated"))
    Obedient(room).until(lambda view: view.stage is Stage.POSITION)
    room.command(Command.PAIN)
    assert room.state.progress.pains == 1
    room.command(Command.CONTINUE)
    assert (room.view.stage, room.view.side) == (Stage.POSITION, Side.RIGHT)


def test_the_second_pain_ends_the_test(room):
    room.command(Command.PAIN)
    room.command(Command.CONTINUE)
    room.command(Command.PAIN)
    assert room.view.stage is Stage.STOPPED
    assert room.view.buttons == ()
    assert len(room.view.sentences) == 2


def test_stopping_keeps_what_counted(room):
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL, 33.0)))
    room.command(Command.STOP)
    assert room.view.stage is Stage.STOPPED
    assert [r.value_deg for r in room.view.results] == [33.0]
    final = events.Finished((), ("One turn was measured.",), "r.html")
    room.tell(final)
    assert room.view.sentences == ("One turn was measured.",)


def test_skipping_is_said_in_the_result(room):
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL)))
    room.command(Command.SKIP)
    Obedient(room).finish()
    assert room.view.sentences == (
        "Seated test, left leg, inward turn, foot moves out: skipped, 1 of it counted.",
    )


def test_what_is_not_offered_changes_nothing(room):
    for command in set(Command) - commands(room):
        before = room.state
        room.command(command)
        assert room.state == before


def test_a_state_comes_back_from_json_as_it_was(room):
    room.command(Command.PAIN)
    text = to_json(room.state)
    assert from_json(text, room.plan) == room.state
    assert view_of(from_json(text, room.plan), room.time_s) == room.view


def test_a_session_that_died_is_resumed_with_every_finished_repetition(room):
    for _ in range(2):
        room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL, 30.0)))
        while room.asked.doing is not Doing.TURN:
            room.wait()
        room.tell(events.MovementBegan(Side.LEFT, Direction.INTERNAL))
    progress = from_json(to_json(room.state), room.plan).progress
    again = Room(replace(room.plan, progress=progress), time_s=5.0)
    assert again.view.stage is Stage.CONNECT
    assert again.view.done[0].counted == 2
    Obedient(again).finish()
    assert [d.counted for d in again.view.done] == [3] * 4
    # The inward turn was tried already, so only the three others are practised.
    practised = {
        (view.side, view.asked.direction) for view in again.views if view.stage is Stage.FAMILIARISE
    }
    assert practised == {
        (Side.LEFT, Direction.EXTERNAL),
        (Side.RIGHT, Direction.INTERNAL),
        (Side.RIGHT, Direction.EXTERNAL),
    }


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"step": "x"}', "null", "1" * 50])
def test_what_is_no_state_is_refused(text):
    with pytest.raises(ResumeError):
        from_json(text, plan_for("seated"))


def test_a_state_of_another_protocol_is_refused(room):
    while room.view.stage is not Stage.STOPPED:
        room.command(Command.STOP)
    with pytest.raises(ResumeError, match="another protocol"):
        from_json(to_json(room.state), plan_for("calibration"))
