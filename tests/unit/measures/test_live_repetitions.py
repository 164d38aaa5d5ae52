"""Repetitions told while they are done: what people really do, and the same judgement as later."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from imu_hip.measures.cross_legged import CROSSING, measure_cross_legged
from imu_hip.measures.live_repetitions import (
    HoldReached,
    LiveRepetitions,
    MovementStarted,
    RepetitionDone,
)
from imu_hip.measures.repetitions import RepetitionParameters, TestedLeg
from imu_hip.measures.rotation_test import measure_rotation
from imu_hip.names import Direction, Side, Task

RATE_HZ = 60.0
RULES = RepetitionParameters()
IN, OUT = Direction.INTERNAL, Direction.EXTERNAL


def path(*knots, noise_deg=0.0, seed=0):
    """An angle, shape (n,), through (duration_s, value) one after the other, from the first value.

    Ramps are straight, so their corners are harsher than those of any person.
    """
    at_s, values = [0.0], [knots[0][1]]
    for duration_s, value in knots:
        at_s.append(at_s[-1] + duration_s)
        values.append(value)
    angle = np.interp(np.arange(round(at_s[-1] * RATE_HZ)) / RATE_HZ, at_s, values)
    return angle + noise_deg * np.random.default_rng(seed).normal(size=len(angle))


def repetition(peak, base=0.0, *, ramp_s=1.2, hold_s=1.5, rest_s=1.5):
    return ((ramp_s, peak), (hold_s, peak), (ramp_s, base), (rest_s, base))


def leg_of(rotation, elevation=0.0, knee=90.0, slope=85.0):
    n = len(rotation)
    return TestedLeg(
        10.0 + np.arange(n) / RATE_HZ,
        rotation,
        np.zeros(n) + elevation,
        np.zeros(n) + slope,
        np.zeros(n) + knee,
        RATE_HZ,
    )


def part(leg, rows):
    return TestedLeg(
        leg.time_s[rows],
        leg.rotation_deg[rows],
        leg.thigh_elevation_deg[rows],
        leg.shin_slope_deg[rows],
        leg.knee_flexion_deg[rows],
        RATE_HZ,
    )


def watch_for(task=Task.SEATED, hold_s=1.0, rules=RULES):
    return LiveRepetitions(task, rules, hold_s, RATE_HZ)


def events_of(leg, watch=None, cuts=None):
    watch = watch or watch_for()
    n = len(leg.time_s)
    cuts = sorted({*range(0, n, 3), n}) if cuts is None else cuts
    return [
        event for a, b in itertools.pairwise(cuts) for event in watch.feed(part(leg, slice(a, b)))
    ]


def done(events):
    return [event.repetition for event in events if isinstance(event, RepetitionDone)]


def told(events):
    """Kinds and directions, one letter each: (s)tarted, (h)old, (d)one."""
    letters = {MovementStarted: "s", HoldReached: "h", RepetitionDone: "d"}
    return "".join(letters[type(event)] for event in events)


def test_each_movement_is_told_to_start_to_be_held_and_to_be_done():
    leg = leg_of(path((1.5, 0.0), *repetition(36.0), *repetition(-41.0), noise_deg=0.1))
    events = events_of(leg)
    assert told(events) == "shdshd"
    assert [r.direction for r in done(events)] == [IN, OUT]
    assert [r.peak_deg for r in done(events)] == pytest.approx([36.0, 41.0], abs=0.1)
    assert all(r.valid for r in done(events))


def test_events_come_soon():
    # Rest to 11.5 s, out to 12.7, held to 14.2, back at 15.4 s. 6° from rest are passed 0.2 s
    # after the start; the smoothing and its delay make 0.2 s more. The hold is whole 1 s after
    # it began; the return is seen where it comes near rest.
    started, held, ended = events_of(leg_of(path((1.5, 0.0), *repetition(36.0))))
    assert 11.5 < started.time_s < 11.9
    assert held.time_s == pytest.approx(13.7, abs=0.2)
    assert held.angle_deg == pytest.approx(36.0, abs=0.3)
    assert ended.repetition.end_s == pytest.approx(15.4, abs=0.15)
    watch = watch_for()
    leg = leg_of(path((1.5, 0.0), *repetition(36.0)))
    seen_at = next(
        i for i in range(len(leg.time_s)) if done(watch.feed(part(leg, slice(i, i + 1))))
    )
    assert leg.time_s[seen_at] < 15.4 + 0.2


@pytest.mark.parametrize("base", [-12.0, -8.0, -5.0, 5.0, 8.0, 12.0])
def test_rest_may_lie_several_degrees_from_zero(base):
    angle = path(
        (1.5, base),
        *repetition(36.0, base),
        *repetition(-41.0, base),
        *repetition(37.0, base),
        noise_deg=0.1,
    )
    events = events_of(leg_of(angle))
    assert told(events) == "shdshdshd"
    assert [r.peak_deg for r in done(events)] == pytest.approx([36.0, 41.0, 37.0], abs=0.1)


def test_rest_may_change():
    angle = path(
        (1.5, 0.0), (1.2, 40.0), (1.5, 40.0), (1.0, 14.0), (2.5, 14.0), *repetition(38.0, 14.0)
    )
    events = events_of(leg_of(angle))
    assert [r.peak_deg for r in done(events)] == pytest.approx([40.0, 38.0], abs=0.1)


@pytest.mark.parametrize(("amplitude_deg", "frequency_hz"), [(0.5, 9.0), (1.0, 5.0), (2.0, 5.0)])
def test_tremor_changes_neither_count_nor_peak(amplitude_deg, frequency_hz):
    angle = path((1.5, 0.0), *repetition(36.0, hold_s=2.5), *repetition(-41.0, hold_s=2.5))
    time_s = np.arange(len(angle)) / RATE_HZ
    trembling = angle + amplitude_deg * np.sin(2.0 * np.pi * frequency_hz * time_s)
    events = events_of(leg_of(trembling))
    assert [r.peak_deg for r in done(events)] == pytest.approx([36.0, 41.0], abs=0.6)
    assert all(r.valid for r in done(events))
    assert sum(isinstance(event, HoldReached) for event in events) == 2


@pytest.mark.parametrize("ramp_s", [4.0, 8.0, 12.0])
def test_slow_movement_is_one_repetition(ramp_s):
    angle = path((1.5, 0.0), *repetition(40.0, ramp_s=ramp_s, hold_s=2.0), noise_deg=0.1)
    (one,) = done(events_of(leg_of(angle)))
    assert one.valid
    # A ramp slower than 10 °/s belongs to the plateau where it is within 2.5° of the peak.
    assert one.peak_deg == pytest.approx(40.0, abs=1.0)


def test_overshoot_does_not_hide_the_hold_after_it():
    angle = path((1.5, 0.0), (1.0, 45.0), (0.4, 40.0), (1.5, 40.0), (1.2, 0.0), (1.5, 0.0))
    events = events_of(leg_of(angle))
    (one,) = done(events)
    assert one.valid
    assert one.peak_deg == pytest.approx(40.0, abs=0.5)
    assert told(events) == "shd"


def test_a_small_return_and_a_renewed_push_are_one_repetition():
    angle = path(
        (1.5, 0.0), (1.2, 34.0), (1.2, 34.0), (0.6, 24.0), (0.8, 40.0), (1.5, 40.0), (1.2, 0.0),
        (1.5, 0.0),
    )  # fmt: skip
    events = events_of(leg_of(angle))
    (one,) = done(events)
    assert one.peak_deg == pytest.approx(40.0, abs=0.1)
    assert [e.angle_deg for e in events if isinstance(e, HoldReached)] == pytest.approx(
        [34.0, 40.0], abs=0.5
    )


def test_a_stop_on_the_way_is_not_the_plateau():
    angle = path((1.5, 0.0), (0.6, 15.0), (2.0, 15.0), (0.8, 40.0), (1.5, 40.0), *repetition(0.0))
    (one,) = done(events_of(leg_of(angle)))
    assert one.peak_deg == pytest.approx(40.0, abs=0.1)
    assert one.valid


def test_a_twitch_is_no_repetition():
    angle = path((1.5, 0.0), (0.3, 8.0), (0.3, 0.0), (1.0, 0.0), *repetition(36.0))
    assert len(done(events_of(leg_of(angle)))) == 1


def test_half_a_movement_after_whole_ones_is_none():
    angle = path((1.5, 0.0), *repetition(40.0), *repetition(17.0), *repetition(39.0))
    assert [r.peak_deg for r in done(events_of(leg_of(angle)))] == pytest.approx(
        [40.0, 39.0], abs=0.1
    )


def test_turning_the_wrong_way_is_told_as_it_was():
    events = events_of(leg_of(path((1.5, 0.0), *repetition(-35.0))))
    assert {e.direction for e in events if not isinstance(e, RepetitionDone)} == {OUT}


def test_no_hold_is_told_without_one_and_the_repetition_is_not_valid():
    events = events_of(leg_of(path((1.5, 0.0), (0.8, 40.0), (0.8, 0.0), (1.5, 0.0))))
    assert told(events) == "sd"
    assert "held for" in done(events)[0].reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"knee": 65.0}, "the knee was bent 65°, 70 to 110° needed"),
        ({"elevation": 24.0}, "the thigh was 24° from level"),
    ],
)
def test_the_reason_is_that_of_a_recording(changes, words):
    leg = leg_of(path((1.5, 0.0), *repetition(36.0), noise_deg=0.1), **changes)
    (one,) = done(events_of(leg))
    assert one.reason == words
    (later,) = measure_rotation(leg, Task.SEATED, Side.LEFT, 1.0).repetitions
    assert later.reason == words


def test_a_thigh_that_lifts_is_told():
    rotation = path((1.5, 0.0), *repetition(36.0))
    leg = leg_of(rotation)
    leg = replace(leg, thigh_elevation_deg=14.0 * rotation / 36.0)
    (one,) = done(events_of(leg))
    assert one.reason == "the thigh lifted by 14°"


@pytest.mark.parametrize("lost_s", [0.6, 1.0, 3.0])
def test_a_sensor_lost_in_a_repetition_spoils_it_and_not_the_next(lost_s):
    angle = path((1.5, 0.0), *repetition(36.0, hold_s=lost_s + 2.0), *repetition(38.0))
    first = round(3.2 * RATE_HZ)
    angle[first : first + round(lost_s * RATE_HZ)] = np.nan
    one, two = done(events_of(leg_of(angle)))
    assert one.reason == "samples were lost during the movement"
    assert np.isfinite(one.peak_deg)
    assert two.valid
    assert two.peak_deg == pytest.approx(38.0, abs=0.1)


def test_a_sensor_that_comes_back_after_the_movement_ends_it():
    angle = path((1.5, 0.0), *repetition(36.0), (3.0, 0.0), *repetition(38.0))
    angle[round(3.0 * RATE_HZ) : round(6.5 * RATE_HZ)] = np.nan
    events = events_of(leg_of(angle))
    assert [r.valid for r in done(events)] == [False, True]


def test_a_short_gap_changes_nothing():
    angle = path((1.5, 0.0), *repetition(36.0, hold_s=2.0))
    angle[200:212] = np.nan
    (one,) = done(events_of(leg_of(angle)))
    assert one.valid
    assert one.peak_deg == pytest.approx(36.0, abs=0.1)


def test_keep_takes_the_angle_of_the_moment():
    angle = path((1.5, 0.0), (1.2, 30.0), (0.4, 30.0), (6.0, 36.0), (1.2, 0.0), *repetition(-40.0))
    leg, watch = leg_of(angle), watch_for()
    now = round(6.0 * RATE_HZ)
    before = [e for i in range(now) for e in watch.feed(part(leg, slice(i, i + 1)))]
    kept = watch.keep_now()
    # The last half second of a rise of 1 °/s.
    assert kept.repetition.peak_deg == pytest.approx(angle[now] - 0.25, abs=0.1)
    assert kept.repetition.direction is IN
    assert kept.repetition.valid
    after = events_of(part(leg, slice(now, None)), watch)
    assert done(before) == []
    # Its return is not told again; the next one is.
    assert [r.direction for r in done(after)] == [OUT]


def test_there_is_nothing_to_keep_at_rest():
    watch = watch_for()
    events_of(leg_of(path((3.0, 2.0))), watch)
    assert watch.keep_now() is None
    assert watch_for().keep_now() is None


def test_crossing_a_leg_gives_the_slope_of_its_shin():
    slope = path(
        (2.0, 88.0), *repetition(22.0, 88.0, hold_s=3.5), *repetition(25.0, 88.0, hold_s=3)
    )
    leg = leg_of(np.full(len(slope), np.nan), slope=slope)
    events = events_of(leg, watch_for(Task.CROSS_LEGGED, rules=CROSSING))
    assert told(events) == "shdshd"
    assert [r.peak_deg for r in done(events)] == pytest.approx([22.0, 25.0], abs=0.2)
    assert all(r.direction is None for r in done(events))
    held = [e.angle_deg for e in events if isinstance(e, HoldReached)]
    assert held == pytest.approx([22.0, 25.0], abs=1.0)
    later = measure_cross_legged(leg, Side.LEFT, 1.0).repetitions
    assert [r.peak_deg for r in later] == pytest.approx([22.0, 25.0], abs=0.2)


@pytest.mark.parametrize(
    ("task", "posture", "said"),
    [
        (Task.SEATED, {}, ""),
        (Task.SEATED, {"elevation": 14.0}, ""),
        (Task.SEATED, {"elevation": 24.0}, "Lower the thigh by about 24°"),
        (Task.SEATED, {"elevation": -22.0}, "Raise the thigh by about 22°"),
        (
            Task.SEATED,
            {"knee": 62.0},
            "Bend the knee a little more: 62°, 70 to 110° needed",
        ),
        (
            Task.SEATED,
            {"knee": 69.6},
            "Bend the knee a little more: 69.6°, 70 to 110° needed",
        ),
        (
            Task.PRONE,
            {"knee": 118.0, "slope": -60.0},
            "Straighten the knee a little more: 118°, 70 to 110° needed",
        ),
        (
            Task.SEATED,
            {"elevation": -85.0, "knee": 5.0},
            "Sit so that the thigh lies level and the shin hangs down",
        ),
        (
            Task.PRONE,
            {"slope": 80.0},
            "Lie face down and bend the knee so that the foot points up",
        ),
        (Task.PRONE, {"slope": -80.0}, ""),
        (Task.CROSS_LEGGED, {"elevation": 30.0, "knee": 130.0}, ""),
        (Task.SEATED, {"elevation": np.nan, "knee": np.nan, "slope": np.nan}, ""),
    ],
)
def test_what_is_wrong_with_the_posture_is_said_with_what_to_do(task, posture, said):
    watch = watch_for(task)
    watch.feed(leg_of(np.zeros(60), **posture))
    assert watch.posture_problem() == said


def test_an_hour_at_rest_keeps_little():
    watch = watch_for()
    quiet = leg_of(np.zeros(3600))
    for _ in range(20):
        watch.feed(quiet)
    assert len(watch._smooth_deg) < 30 * RATE_HZ
    assert all(len(values) < 30 * RATE_HZ for values in watch._rows.values())
