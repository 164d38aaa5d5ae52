"""Scores: smooth where they are written anew in the middle of a move, the same however played."""

import numpy as np
import pytest

from imu_hip.simulation.choreography import Choreography, draw_waves, wander


def written(*moves):
    """Moves of a knee from 0, each a target and how long it takes, one after the other."""
    score = Choreography()
    score.begin({"knee": 0.0})
    for target, duration_s in moves:
        score.ramp({"knee": target}, duration_s)
    return score


def at(score, *times_s):
    return score.play("knee", np.array(times_s))


def test_a_score_is_the_same_played_in_parts():
    score = written((90.0, 1.0), (20.0, 2.0), (20.0, 1.0), (50.0, 0.5))
    time_s = np.arange(0.0, 6.0, 0.01)
    whole = score.play("knee", time_s)
    parts = np.concatenate([score.play("knee", part) for part in np.split(time_s, [7, 130, 333])])
    np.testing.assert_allclose(parts, whole, rtol=0.0, atol=1e-12)
    # Half way through each move it is half way, and settled it is exactly where it was sent.
    assert at(score, 0.5, 2.0, 4.25) == pytest.approx([45.0, 55.0, 35.0])
    assert at(score, 5.0)[0] == 50.0
    assert len(score.play("knee", np.empty(0))) == 0


def test_what_was_to_come_is_taken_back_and_what_is_under_way_goes_on():
    score = written((90.0, 1.0), (20.0, 2.0))
    score.interrupt(0.5)
    assert score.now("knee") == 90.0
    assert at(score, 1.0, 9.0) == pytest.approx([90.0, 90.0])
    score.ramp({"knee": 30.0}, 1.0)
    # At 1 s the first move has ended, and of the second, 60° down from 0.5 s on, half is done.
    assert at(score, 0.5, 1.0, 1.5) == pytest.approx([45.0, 60.0, 30.0])
    assert score.settled_s == 1.5


def test_an_interrupted_move_has_no_kink():
    score = written((90.0, 1.0))
    score.interrupt(0.4)
    score.ramp({"knee": 0.0}, 1.0)
    step_s = 1e-3
    knee = score.play("knee", np.arange(0.0, 2.0, step_s))
    acceleration = np.diff(knee, 2) / step_s**2
    # The largest jerk of a minimum-jerk move is 60 x its length / its duration cubed.
    assert np.abs(np.diff(acceleration)).max() < 2 * 60.0 * 90.0 * step_s * 1.01


def test_what_is_forgotten_shows_where_it_led_and_the_rest_is_unchanged():
    score = written((90.0, 1.0), (20.0, 2.0), (50.0, 2.0))
    later_s = np.arange(3.0, 6.0, 0.01)
    before = score.play("knee", later_s)
    score.forget(3.0)
    np.testing.assert_allclose(score.play("knee", later_s), before, rtol=0.0, atol=1e-12)
    assert at(score, 0.5)[0] == 20.0
    score.forget(99.0)
    assert at(score, 4.0)[0] == 50.0
    assert score.settled_s == 0.0


def test_waves_add_up_to_the_wander_that_they_are_drawn_for():
    time_s = np.arange(0.0, 100.0, 0.05)
    total = draw_waves(0.2, np.random.default_rng(5)).at(time_s).sum(axis=0)
    np.testing.assert_allclose(total, wander(time_s, 0.2, np.random.default_rng(5)), atol=1e-12)
    assert total.std() == pytest.approx(0.2, rel=0.15)
