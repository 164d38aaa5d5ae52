"""The plan of bouts, easing off, and whole stretches."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.guidance import events
from imu_hip.guidance.protocol_file import read_protocol
from imu_hip.guidance.session_state import RunningBout
from imu_hip.guidance.stretch import follow, plan_bouts
from imu_hip.guidance.view import Command, Stage, Tone
from imu_hip.names import Doing, Segment, Side
from tests.guided_people import Obedient, Room, plan_for

L, R = Side.LEFT, Side.RIGHT
STRETCH = read_protocol("stretch").stretch
BOUT = replace(STRETCH, bout_s=45.0, total_s=400.0)


@pytest.fixture
def room():
    """The first bout has begun."""
    room = Room(plan_for("stretch"))
    Obedient(room).until(lambda view: view.asked is not None and view.asked.doing is Doing.STRETCH)
    return room


def test_bouts_alternate_where_no_leg_is_restricted():
    # 400 s hold 4.4 rounds of two bouts of 45 s.
    assert plan_bouts(BOUT, None) == (L, R) * 4


def test_the_restricted_leg_gets_two_bouts_for_each_of_the_other():
    # 400 s hold 3.0 rounds of three.
    assert plan_bouts(BOUT, R) == (R, L, R) * 3


def test_one_round_there_is_at_least():
    assert plan_bouts(replace(BOUT, total_s=60.0), L) == (L, R, L)


def test_one_leg_alone_is_stretched_alone():
    # 8.9 bouts.
    assert plan_bouts(BOUT, R, (L,)) == (L,) * 9


def told(angles_deg, *, every_s=0.1, begun_s=10.0, within_deg=4.0):
    """At which samples easing off is advised."""
    bout, advised = RunningBout(), []
    for number, angle_deg in enumerate(angles_deg):
        bout = replace(bout, elapsed_s=begun_s + number * every_s)
        bout, ease_off = follow(bout, number * every_s, float(angle_deg), False, within_deg)
        if ease_off:
            advised.append(number)
    return advised, bout


def test_a_quiet_stretch_is_left_alone():
    time_s = np.arange(0.0, 45.0, 0.1)
    # Sinks by 8° over the bout and breathes by 1.5° to and fro.
    angles_deg = -20.0 + 8.0 * (1 - np.exp(-time_s / 15.0)) + 1.5 * np.sin(2 * np.pi * time_s / 4.0)
    advised, bout = told(angles_deg)
    assert advised == []
    assert bout.best_deg == pytest.approx(angles_deg.max())


def test_bouncing_is_told_within_seconds_and_not_every_second():
    time_s = np.arange(0.0, 10.0, 0.1)
    # 6° to and fro once a second: three swings take 1.5 s.
    advised, _ = told(-20.0 + 3.0 * np.sin(2 * np.pi * time_s))
    assert advised
    assert advised[0] * 0.1 < 2.5
    assert np.all(np.diff(advised) * 0.1 >= 8.0 - 1e-9)


def test_a_jump_beyond_the_best_is_told():
    advised, _ = told([-20.0] * 30 + [-17.0, -14.0, -12.0])
    # 6° within 0.2 s.
    assert advised == [31]


def test_the_same_way_slowly_is_no_jump():
    # 8° at 2° a second.
    advised, _ = told(-20.0 + np.arange(0.0, 8.0, 0.2))
    assert advised == []


def test_taking_the_position_is_no_jump():
    advised, _ = told([-60.0, -40.0, -20.0] + [-20.0] * 10, begun_s=0.0)
    assert advised == []


def test_a_strain_that_the_sensors_tell_is_passed_on(room):
    room.tell(events.StretchAngle(L, -20.0, True))
    assert room.view.asked.doing is Doing.EASE_OFF
    assert room.view.tone is Tone.NOT_COUNTED
    assert room.spoken()[-1].startswith("Ease off")
    room.wait(4.0)
    assert room.view.asked.doing is Doing.STRETCH


def test_a_stretch_goes_through_its_bouts_and_offers_the_retest():
    room = Room(plan_for("stretch", bout_sides=(L, R, L), today_bouts=2, today_s=90.0))
    Obedient(room).until(lambda view: view.stage is Stage.RETEST)
    assert [(bout.side, bout.duration_s) for bout in room.state.progress.bouts] == [
        (L, 45.0),
        (R, 45.0),
        (L, 45.0),
    ]
    assert "warm-up" in room.view.cue.speech
    last = [view.stretch for view in room.views if view.stretch is not None][-1]
    assert (last.bout, last.bouts, last.bouts_of) == (3, 3, {L: 2, R: 1})
    # Two bouts of 45 s before, three now.
    assert (last.today_bouts, last.today_s) == (5, 225)
    room.command(Command.CONTINUE)
    assert room.view.stage is Stage.RESULT
    assert room.view.sentences == ("3 bouts (left 2, right 1), 2 min in all.",)


def test_the_retest_is_a_seated_test_of_its_own():
    room = Room(plan_for("stretch", bout_sides=(L, R)))
    Obedient(room).finish()
    assert all(kept.retest for kept in room.state.progress.repetitions)
    assert len(room.view.results) == 6
    assert "warm-up" in room.view.sentences[-1]


def test_the_same_leg_again_is_said_so():
    room = Room(plan_for("stretch", bout_sides=(L, L)))
    Obedient(room).until(lambda view: view.stretch is not None and view.stretch.bout == 2)
    assert room.view.cue.text == "Rest, then the left leg again"


def test_the_best_of_a_bout_stays(room):
    for angle_deg in (-30.0, -24.0, -27.0):
        room.tell(events.StretchAngle(L, angle_deg, False))
        room.wait(0.5)
    assert room.view.stretch.best_deg == -24.0
    room.tell(events.StretchAngle(R, 0.0, False))
    room.tell(events.StretchAngle(L, float("nan"), False))
    assert room.view.stretch.best_deg == -24.0


def test_a_pause_stops_the_clock_of_the_bout(room):
    room.wait(10.0)
    before = room.view.stretch.left_s
    room.command(Command.PAUSE)
    room.wait(100.0)
    room.command(Command.RESUME)
    assert room.view.asked.doing is Doing.REST
    room.command(Command.CONTINUE)
    assert room.view.stretch.left_s == pytest.approx(before, abs=0.2)
    assert room.view.asked.doing is Doing.STRETCH


def test_a_sensor_lost_stops_the_clock_of_the_bout(room):
    room.wait(10.0)
    before = room.view.stretch.left_s
    room.tell(events.SensorLost(Segment.LEFT_SHIN))
    room.wait(30.0)
    room.tell(events.SensorBack(Segment.LEFT_SHIN))
    assert room.view.stretch.left_s == pytest.approx(before, abs=0.2)
    room.wait(1.0)
    assert room.view.stretch.left_s < before


def test_pain_ends_the_bouts_of_that_leg(room):
    room.wait(10.0)
    room.command(Command.PAIN)
    assert room.view.asked.doing is Doing.REST
    room.command(Command.CONTINUE)
    Obedient(room).until(lambda view: view.stage is Stage.RETEST)
    sides = [bout.side for bout in room.state.progress.bouts]
    assert sides == [L, R, R, R, R]
    room.command(Command.CONTINUE)
    assert "The bouts of the left leg were ended by pain." in room.view.sentences


def test_a_bout_can_be_ended_early_and_counts_for_its_time(room):
    room.wait(20.0)
    room.command(Command.SKIP)
    (bout,) = room.state.progress.bouts
    assert bout.duration_s == pytest.approx(20.0, abs=0.2)
    assert room.view.side is R
    room.command(Command.SKIP)
    assert room.state.progress.bouts[-1].duration_s == 0.0


def test_a_stretch_is_resumed_after_the_bouts_that_were_done(room):
    room.command(Command.SKIP)
    room.wait(1.0)
    again = Room(replace(room.plan, progress=room.state.progress))
    person = Obedient(again)
    person.until(lambda view: view.stretch is not None)
    assert again.view.stretch.bout == 2
