"""Whole sessions with a person who does what is asked."""

import pytest

from imu_hip.guidance import events
from imu_hip.guidance.plan import changes
from imu_hip.guidance.session import begin, watching
from imu_hip.guidance.view import Command, Stage, Tone
from imu_hip.guidance.watching import WatchKind
from imu_hip.names import Direction, Doing, Segment, Side, Task
from tests.guided_people import PEAKS_DEG, Obedient, Room, plan_for, repetition

LEFT_IN = (Side.LEFT, Direction.INTERNAL)


def stages(room):
    seen = []
    for view in room.views:
        if not seen or seen[-1] != (view.stage, view.side):
            seen.append((view.stage, view.side))
    return seen


def measuring(room, judge=None, **given):
    """A room in which the first counted repetition of the left leg is asked for."""
    person = Obedient(room, judge, **given) if judge else Obedient(room, **given)
    person.until(lambda view: view.stage is Stage.MEASURE)
    return person


def asked_to_turn(room):
    while room.asked is None or room.asked.doing is not Doing.TURN:
        room.wait()


def one_repetition(room, peak_deg=31.0, reason=""):
    """The repetition that is asked for now."""
    asked_to_turn(room)
    side, direction = room.asked.side, room.asked.direction
    room.tell(events.MovementBegan(side, direction))
    room.tell(events.RepetitionEnded(side, repetition(direction, peak_deg, reason)))


def test_a_seated_test_goes_through_its_stages_by_itself():
    room = Room(plan_for("seated"))
    Obedient(room).finish()
    leg = [Stage.POSITION, Stage.FAMILIARISE, Stage.MEASURE]
    assert stages(room) == [
        (Stage.CONNECT, None),
        (Stage.CHECK, None),
        (Stage.CALIBRATE, None),
        (Stage.CALIBRATE, Side.LEFT),
        (Stage.CALIBRATE, Side.RIGHT),
        (Stage.CALIBRATE, None),
        *((stage, Side.LEFT) for stage in leg),
        *((stage, Side.RIGHT) for stage in leg),
        (Stage.RESULT, None),
    ]
    assert [(d.counted, d.wanted) for d in room.view.done] == [(3, 3)] * 4


def test_a_seated_test_takes_less_than_three_minutes_of_guided_time():
    room = Room(plan_for("seated"))
    Obedient(room).finish()
    assert room.time_s < 180.0


@pytest.mark.parametrize("name", ["prone", "cross_legged", "short", "calibration", "stretch"])
def test_every_protocol_ends_with_a_result(name):
    room = Room(plan_for(name))
    Obedient(room).finish()
    assert room.view.stage is Stage.RESULT
    assert all(done.counted == done.wanted for done in room.view.done)


def test_a_turn_is_asked_held_and_asked_back():
    room = Room(plan_for("seated"))
    Obedient(room).finish()
    asked = [view.asked.doing for view in room.views if view.stage is Stage.MEASURE]
    order = [doing for doing, before in zip(asked, [None, *asked], strict=False) if doing != before]
    assert order == [Doing.BE_READY, Doing.TURN, Doing.HOLD, Doing.RETURN] * 12
    assert room.tones().count(Tone.COUNTED) >= 12


def test_provisional_results_are_the_means_with_their_uncertainty():
    room = Room(plan_for("seated"))
    # Peaks 30, 31, 32: mean 31, sd 1.
    Obedient(room, lambda side, direction, number: (30.0 + (number - 2) % 3, "")).finish()
    found = {(r.side, r.measure): r for r in room.view.results}
    assert found[Side.LEFT, "internal"].value_deg == pytest.approx(31.0)
    assert found[Side.LEFT, "total_arc"].value_deg == pytest.approx(62.0)
    # sqrt(0.5² + 1.95² + 1.0² + (1/√3)²) = 2.32; MDC95 = 1.96 √2 · 2.32 = 6.43.
    assert found[Side.RIGHT, "external"].sem_deg == pytest.approx(2.32, abs=0.01)
    assert found[Side.RIGHT, "external"].mdc95_deg == pytest.approx(6.43, abs=0.02)
    # √2 times as much for a sum of two.
    assert found[Side.RIGHT, "total_arc"].mdc95_deg == pytest.approx(9.09, abs=0.02)


def test_final_results_replace_the_provisional_ones():
    room = Room(plan_for("seated"))
    Obedient(room).finish()
    final = room.view.results[:2]
    room.tell(events.Finished(final, ("Your left hip turns 31°.",), "seated.html"))
    assert room.view.results == final
    assert room.view.sentences == ("Your left hip turns 31°.",)
    assert room.view.report == "seated.html"
    assert room.spoken()[-1] == "Your left hip turns 31°."


def test_a_pose_that_will_not_do_can_be_taken_as_it_is():
    room = Room(plan_for("seated"))
    Obedient(room).until(lambda view: view.stage is Stage.CALIBRATE)
    assert Command.KEEP not in {button.command for button in room.view.buttons}
    trembles = events.PoseProgress(Doing.STAND, None, 0.1, "Keep still: the left thigh moves.")
    for _ in range(100):
        room.wait(0.1)
        room.tell(trembles)
    assert Command.KEEP in {button.command for button in room.view.buttons}
    # It is taken by those who watch it, so nothing changes before they tell that it is done.
    before = room.state
    room.tell(events.Told(Command.KEEP))
    assert room.state == before
    room.tell(events.PoseProgress(Doing.STAND, None, 1.0))
    assert room.asked.doing is Doing.SIT


def test_who_is_just_about_to_sit_is_not_told_to_sit():
    room = Room(plan_for("seated"))
    Obedient(room).until(lambda view: view.asked is not None and view.asked.doing is Doing.SIT)
    upright = events.PoseProgress(Doing.SIT, None, 0.0, "Sit down.")
    room.tell(upright)
    room.wait(1.4)
    assert room.view.notice == ""
    room.wait(0.3)
    assert room.view.notice == "Sit down."


def test_when_to_stop_is_told_before_the_first_movement():
    plan = plan_for("seated")
    room = Room(plan)
    assert len(room.view.stop_rules) == 2
    assert room.view.stop_rules == plan.protocol.stop_rules
    Obedient(room).until(lambda view: view.stage is Stage.CALIBRATE)
    assert room.view.stop_rules == ()


def test_practice_does_not_count():
    room = Room(plan_for("seated"))
    Obedient(room).until(lambda view: view.stage is Stage.MEASURE)
    assert room.state.progress.repetitions == ()
    assert all(done.counted == 0 for done in room.view.done)


def test_an_invalid_repetition_is_explained_at_once_and_asked_again():
    room = Room(plan_for("seated"))
    measuring(room)
    one_repetition(room, reason="the thigh lifted by 14°")
    assert room.view.notice == "Not counted: the thigh lifted by 14°."
    assert room.view.tone is Tone.NOT_COUNTED
    assert room.spoken()[-1].startswith("Not counted: the thigh lifted by 14°.")
    assert [r.reason for r in room.view.repetitions] == ["the thigh lifted by 14°"]
    one_repetition(room)
    assert room.view.done[0].counted == 1
    assert [r.number for r in room.view.repetitions] == [1, 2]


def test_three_failures_for_one_reason_offer_to_skip():
    room = Room(plan_for("seated"))
    measuring(room)
    for lift_deg in (14, 12, 15):
        assert main_command(room) is not Command.SKIP
        one_repetition(room, reason=f"the thigh lifted by {lift_deg}°")
    assert main_command(room) is Command.SKIP
    assert "skip" in room.view.notice
    room.command(Command.SKIP)
    assert room.view.asked.direction is Direction.EXTERNAL


def test_failures_for_different_reasons_do_not():
    room = Room(plan_for("seated"))
    measuring(room)
    for reason in ("the thigh lifted by 14°", "held for 0.2 s only", "the thigh lifted by 14°"):
        one_repetition(room, reason=reason)
    assert main_command(room) is not Command.SKIP


def main_command(room):
    return next((button.command for button in room.view.buttons if button.main), None)


def test_the_wrong_direction_is_told_at_once_and_not_counted():
    room = Room(plan_for("seated"))
    measuring(room)
    asked_to_turn(room)
    room.tell(events.MovementBegan(Side.LEFT, Direction.EXTERNAL))
    assert room.view.notice == (
        "That was the outward turn, foot moves in. Turn the foot the other way: inward turn, "
        "foot moves out."
    )
    assert room.view.asked.doing is Doing.TURN
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.EXTERNAL)))
    assert room.view.repetitions == ()
    one_repetition(room)
    assert room.view.done[0].counted == 1


@pytest.mark.parametrize(
    ("peaks", "counted"),
    [
        ((30, 31, 32), 3),
        # 6° apart, but the fourth agrees with two others.
        ((30, 31, 36, 32), 4),
        # Never three within 5°: at most two more.
        ((20, 26, 32, 38, 44), 5),
        ((30, 36, 42, 31, 43), 5),
    ],
)
def test_repetitions_that_disagree_ask_for_more(peaks, counted):
    room = Room(plan_for("seated"))
    measuring(room)
    for done, peak in enumerate(peaks, start=1):
        assert room.view.asked.direction is Direction.INTERNAL
        one_repetition(room, float(peak))
        if 3 <= done < len(peaks):
            assert "one more" in room.view.notice
    assert room.view.asked.direction is Direction.EXTERNAL
    assert room.view.done[0].counted == counted


def test_keep_counts_an_invalid_repetition_with_its_reason():
    room = Room(plan_for("seated"))
    measuring(room)
    one_repetition(room, 29.0, reason="the thigh lifted by 14°")
    before = room.state.progress
    room.command(Command.KEEP)
    (kept,) = room.view.repetitions
    assert kept.counted
    assert kept.reason == "the thigh lifted by 14°"
    told = changes(before, room.state.progress)
    assert [(r.number, r.counted) for r in told.withdrawn] == [(1, False)]
    assert [(r.number, r.counted) for r in told.added] == [(1, True)]


def test_keep_during_a_movement_takes_the_angle_now():
    room = Room(plan_for("seated"))
    measuring(room)
    asked_to_turn(room)
    room.tell(events.MovementBegan(*LEFT_IN))
    room.command(Command.KEEP)
    assert room.view.asked.doing is Doing.RETURN
    reason = "held for 0.2 s only, 0.5 s needed"
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL, 28.0, reason)))
    (kept,) = room.view.repetitions
    assert (kept.counted, kept.reason, kept.peak_deg) == (True, reason, 28.0)


def test_an_angle_that_was_not_measured_never_counts():
    room = Room(plan_for("seated"))
    measuring(room)
    asked_to_turn(room)
    room.tell(events.MovementBegan(*LEFT_IN))
    room.command(Command.KEEP)
    nothing = repetition(Direction.INTERNAL, float("nan"))
    room.tell(events.RepetitionEnded(Side.LEFT, nothing))
    (kept,) = room.view.repetitions
    assert (kept.counted, kept.peak_deg, kept.reason) == (False, None, "nothing was measured")


def test_redo_takes_back_the_last_counted_repetition():
    room = Room(plan_for("seated"))
    measuring(room)
    one_repetition(room)
    room.command(Command.REDO)
    assert room.view.done[0].counted == 0
    assert [(r.counted, r.reason) for r in room.view.repetitions] == [
        (False, "done again at your wish")
    ]
    one_repetition(room)
    assert room.view.done[0].counted == 1


def test_redo_goes_back_to_the_movement_before():
    room = Room(plan_for("seated"))
    measuring(room)
    for _ in range(3):
        one_repetition(room)
    assert room.view.asked.direction is Direction.EXTERNAL
    room.command(Command.REDO)
    assert room.view.asked.direction is Direction.INTERNAL
    one_repetition(room)
    assert room.view.asked.direction is Direction.EXTERNAL
    assert room.view.done[0].counted == 3


def test_redo_drops_a_repetition_that_runs():
    room = Room(plan_for("seated"))
    measuring(room)
    asked_to_turn(room)
    room.tell(events.MovementBegan(*LEFT_IN))
    room.command(Command.REDO)
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL)))
    assert [r.counted for r in room.view.repetitions] == [False]
    assert main_command(room) is not Command.SKIP


def test_a_movement_that_is_not_seen_to_end_is_asked_again():
    room = Room(plan_for("seated"))
    measuring(room)
    asked_to_turn(room)
    room.tell(events.MovementBegan(*LEFT_IN))
    room.tell(events.PlateauReached(*LEFT_IN, 30.0))
    room.wait(14.0)
    assert "not seen to end" in room.view.notice
    one_repetition(room)
    assert room.view.done[0].counted == 1


def test_who_does_nothing_hears_the_cue_again():
    room = Room(plan_for("seated"))
    measuring(room)
    asked_to_turn(room)
    before = room.view.cue_number
    room.wait(11.5)
    assert room.view.cue_number == before
    room.wait(1.0)
    assert room.view.cue_number == before + 1
    # Somebody who went away is not called for ever.
    room.wait(300.0)
    assert room.view.cue_number == before + 5


def test_a_wrong_posture_is_waited_for_and_said():
    room = Room(plan_for("seated"))
    Obedient(room).until(lambda view: view.stage is Stage.POSITION)
    for _ in range(8):
        room.tell(events.Posture(Side.LEFT, "Lower the thigh by about 14°"))
        room.wait(2.0)
    assert room.view.stage is Stage.POSITION
    assert room.view.notice == "Lower the thigh by about 14°"
    assert any(speech == "Lower the thigh by about 14°" for speech in room.spoken())
    room.tell(events.Posture(Side.LEFT, ""))
    assert room.view.notice == ""
    room.wait(0.2)
    assert room.view.stage is Stage.FAMILIARISE


def test_a_posture_can_be_overruled():
    room = Room(plan_for("seated"))
    measuring(room)
    room.tell(events.Posture(Side.LEFT, "Lower the thigh by about 14°"))
    room.wait(5.0)
    assert room.view.asked.doing is Doing.BE_READY
    room.command(Command.CONTINUE)
    assert room.view.asked.doing is Doing.TURN


def test_who_moves_early_is_followed_and_no_longer_told_of_the_posture():
    room = Room(plan_for("seated"))
    measuring(room)
    room.tell(events.Posture(Side.LEFT, "Lower the thigh by about 14°"))
    room.tell(events.MovementBegan(*LEFT_IN))
    assert room.view.asked.doing is Doing.TURN
    assert room.view.notice == ""
    room.tell(events.RepetitionEnded(Side.LEFT, repetition(Direction.INTERNAL)))
    assert room.view.done[0].counted == 1


def test_sensors_that_are_not_told_apart_are_shown_by_moving():
    room = Room(plan_for("seated", pelvis=True))
    room.tell(events.SensorsUnknown("Four sensors, none of them assigned."))
    shown = []
    while room.view.stage is Stage.ASSIGN:
        shown.append((room.asked.doing, room.asked.side))
        problem = "No sensor turned far enough." if len(shown) == 1 else ""
        segment = segment_asked(room)
        room.tell(events.Assigned(segment, problem))
    assert shown == [
        (Doing.STRAIGHTEN_KNEE, Side.LEFT),
        (Doing.STRAIGHTEN_KNEE, Side.LEFT),
        (Doing.LIFT_KNEE, Side.LEFT),
        (Doing.STRAIGHTEN_KNEE, Side.RIGHT),
        (Doing.LIFT_KNEE, Side.RIGHT),
        (Doing.STAND, None),
    ]
    assert room.view.stage is Stage.CONNECT
    room.tell(events.SensorsStream())
    assert room.view.stage is Stage.CHECK


def segment_asked(room):
    seen = watching(room.state)
    assert seen.kind is WatchKind.ASSIGN
    return seen.segment


def test_sensors_that_cannot_be_used_are_told_and_tried_again():
    room = Room(plan_for("seated"))
    room.tell(events.SensorsFailed("Bluetooth is switched off. Switch it on."))
    assert room.view.notice == "Bluetooth is switched off. Switch it on."
    assert main_command(room) is Command.CONTINUE
    room.command(Command.CONTINUE)
    assert room.view.notice == ""
    Obedient(room).until(lambda view: view.stage is Stage.CALIBRATE)


def test_a_low_battery_is_shown_and_said():
    room = Room(plan_for("seated"))
    room.tell(events.SensorsStream(("The left shin sensor has 8 % battery left.",)))
    assert "8 %" in room.view.warning
    assert "8 %" in room.spoken()[-1]


def test_a_bad_calibration_advises_to_do_it_again():
    room = Room(plan_for("seated"))
    person = Obedient(room)
    person.until(lambda view: view.cue.text == "One moment")
    room.tell(events.Calibrated(Side.LEFT, 1.0))
    room.tell(events.Calibrated(Side.RIGHT, 4.5, "The right thigh moved while standing."))
    assert room.view.notice == "The right thigh moved while standing."
    assert main_command(room) is Command.RECALIBRATE
    room.wait(30.0)
    assert room.view.stage is Stage.CALIBRATE
    room.command(Command.RECALIBRATE)
    assert room.asked.doing is Doing.STAND
    Obedient(room).until(lambda view: view.stage is Stage.POSITION)


def test_one_can_go_on_with_a_bad_calibration_but_not_without_one():
    for uncertainty_deg, offered in ((4.5, True), (float("nan"), False)):
        room = Room(plan_for("seated"))
        Obedient(room).until(lambda view: view.cue.text == "One moment")
        room.tell(events.Calibrated(Side.LEFT, 1.0))
        room.tell(events.Calibrated(Side.RIGHT, uncertainty_deg, "Again."))
        commands = {button.command for button in room.view.buttons}
        assert (Command.CONTINUE in commands) is offered


def test_a_pose_that_is_kept_back_says_why():
    room = Room(plan_for("seated"))
    Obedient(room).until(lambda view: view.asked is not None and view.asked.doing is Doing.STAND)
    room.tell(events.PoseProgress(Doing.STAND, None, 0.4, "Keep still: the left thigh moves"))
    assert room.view.fraction == pytest.approx(0.4)
    room.wait(4.0)
    assert "Keep still: the left thigh moves" in room.spoken()


def test_the_plan_of_one_leg_tests_one_leg():
    room = Room(plan_for("seated", sides=(Side.RIGHT,)))
    Obedient(room).finish()
    assert {done.side for done in room.view.done} == {Side.RIGHT}
    assert room.state.plan.segments == (
        Segment.LEFT_THIGH,
        Segment.LEFT_SHIN,
        Segment.RIGHT_THIGH,
        Segment.RIGHT_SHIN,
    )


def test_crossing_a_leg_has_no_direction():
    room = Room(plan_for("cross_legged"))
    Obedient(room).finish()
    assert {(r.task, r.measure) for r in room.view.results} == {(Task.CROSS_LEGGED, "shin_slope")}
    assert room.view.results[0].value_deg == pytest.approx(PEAKS_DEG[Side.LEFT, None])


def test_a_session_with_nothing_left_shows_its_result():
    room = Room(plan_for("seated"))
    Obedient(room).finish()
    again = begin(plan_for("seated", progress=room.state.progress), 0.0)
    assert Room(again.plan).view.stage is Stage.RESULT
