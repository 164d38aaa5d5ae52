"""Repetitions found in trapezoids whose number, peak and hold are known."""

import numpy as np
import pytest

from imu_hip.measures.repetitions import RepetitionParameters, find_excursions
from imu_hip.measures.rotation_test import measure_rotation
from imu_hip.names import Side, Task

RULES = RepetitionParameters()
RATE_HZ = 100.0


def found_in(angle_deg, rules=RULES, rate_hz=RATE_HZ):
    return find_excursions(np.asarray(angle_deg, dtype=float), rate_hz, rules)


def peaks_of(angle_deg, excursions):
    return [float(np.nanmean(angle_deg[e.plateau_start : e.plateau_end])) for e in excursions]


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 100.0, 120.0])
def test_every_hold_is_found_with_its_exact_peak(trapezoids, rate_hz):
    peaks = [36.0, 38.0, 33.5, 40.0]
    angle = trapezoids(peaks, rate_hz=rate_hz)
    found = found_in(angle, rate_hz=rate_hz)
    assert peaks_of(angle, found) == pytest.approx(peaks, abs=1e-9)


def test_start_end_and_plateau_lie_where_the_movement_does(trapezoids):
    # Rest to 1.5 s, out to 2.5 s, held to 4.5 s, back at 5.5 s. A ramp of 30 °/s is slower than
    # 10 °/s in the smoothed angle where a third of the smoothing reaches it, 18 ms inside the
    # hold. The movement starts where it leaves rest, a few degrees from zero.
    (found,) = found_in(trapezoids([30.0]))
    assert found.plateau_start / RATE_HZ == pytest.approx(2.518, abs=0.02)
    assert found.plateau_end / RATE_HZ == pytest.approx(4.482, abs=0.02)
    assert found.start / RATE_HZ == pytest.approx(1.55, abs=0.1)
    assert found.end / RATE_HZ == pytest.approx(5.45, abs=0.1)


def test_only_the_positive_direction_counts(trapezoids):
    angle = np.concatenate((trapezoids([30.0, 30.0]), -trapezoids([40.0])))
    assert len(found_in(angle)) == 2
    assert len(found_in(-angle)) == 1


@pytest.mark.parametrize(("between_deg", "number"), [(0.0, 2), (5.0, 2), (20.0, 1)])
def test_a_partial_return_is_no_end_of_a_repetition(trapezoids, between_deg, number):
    # 35 % of 30° is 10.5°: coming back to 5° ends a repetition, coming back to 20° does not.
    assert len(found_in(trapezoids([30.0, 30.0], between_deg=between_deg))) == number


@pytest.mark.parametrize(("peak_deg", "number"), [(9.0, 0), (11.0, 1)])
def test_movements_of_less_than_ten_degrees_are_none(trapezoids, peak_deg, number):
    assert len(found_in(trapezoids([peak_deg]))) == number


def test_half_a_movement_among_whole_ones_is_none(trapezoids):
    # Passing half of the usual peak is asked for; 18° of 40° is a hesitation.
    assert len(found_in(trapezoids([40.0, 18.0, 40.0]))) == 2


def test_noise_and_tremor_change_neither_count_nor_peak(trapezoids):
    rng = np.random.default_rng(14)
    angle = trapezoids([36.0, 38.0, 34.0])
    time_s = np.arange(len(angle)) / RATE_HZ
    # 0.5° of white noise; 0.3° at 4 Hz, whose speed is 7.5 °/s and partly smoothed away.
    noisy = angle + 0.5 * rng.normal(size=len(angle)) + 0.3 * np.sin(2 * np.pi * 4.0 * time_s)
    assert peaks_of(noisy, found_in(noisy)) == pytest.approx([36.0, 38.0, 34.0], abs=0.5)


def test_the_longest_steady_part_is_the_hold(trapezoids):
    # Held at 38° for 0.4 s, then at 40° for 2 s: the plateau is the longer one, not both.
    first = np.concatenate((np.zeros(100), np.linspace(0.0, 37.0, 100), np.full(40, 37.0)))
    angle = np.concatenate((first, np.linspace(37.0, 40.0, 10), np.full(200, 40.0)))
    angle = np.concatenate((angle, np.linspace(40.0, 0.0, 100), np.zeros(100)))
    assert peaks_of(angle, found_in(angle)) == pytest.approx([40.0], abs=0.01)


@pytest.mark.parametrize(("overshoot_deg", "held"), [(3.0, True), (5.0, True), (12.0, False)])
def test_a_hold_below_an_overshoot_is_the_hold(overshoot_deg, held):
    # Up to 6° further than the hold is overshoot; 12° is a peak that was not held.
    knots = [(0.0, 0.0), (1.0, 0.0), (2.0, 38.0 + overshoot_deg), (2.4, 38.0), (4.4, 38.0)]
    at_s, values = np.array([*knots, (5.4, 0.0), (6.4, 0.0)]).T
    angle = np.interp(np.arange(640) / RATE_HZ, at_s, values)
    (found,) = found_in(angle)
    assert (found.plateau_end - found.plateau_start > 1.5 * RATE_HZ) == held
    if held:
        assert peaks_of(angle, [found]) == pytest.approx([38.0], abs=0.3)


def test_a_hold_in_strong_tremor_is_a_hold(trapezoids):
    # 2° at 5 Hz is 63 °/s, and still 17 °/s when smoothed; over a whole period it goes nowhere.
    angle = trapezoids([36.0], hold_s=3.0)
    trembling = angle + 2.0 * np.sin(2 * np.pi * 5.0 * np.arange(len(angle)) / RATE_HZ)
    (found,) = found_in(trembling)
    assert found.plateau_end - found.plateau_start > 2.0 * RATE_HZ
    assert peaks_of(trembling, [found]) == pytest.approx([36.0], abs=0.3)


def test_a_peak_without_a_hold_is_a_repetition_of_no_length():
    angle = np.concatenate((np.zeros(100), np.linspace(0, 40, 80), np.linspace(40, 0, 80)))
    (found,) = found_in(np.concatenate((angle, np.zeros(100))))
    assert found.plateau_end - found.plateau_start < 0.2 * RATE_HZ
    assert angle[found.plateau_start] == pytest.approx(40.0, abs=3.0)


@pytest.mark.parametrize("angle", [[], [np.nan] * 50, [0.0] * 50, [-40.0] * 50])
def test_nothing_is_found_in_nothing(angle):
    assert found_in(angle) == ()


def test_a_repetition_that_the_recording_cuts_off_is_found(trapezoids):
    angle = trapezoids([30.0])
    (found,) = found_in(angle[:350])
    assert found.end == 350


def test_missing_samples_at_rest_do_not_matter(trapezoids):
    angle = trapezoids([30.0, 32.0])
    angle[20:120] = np.nan
    assert peaks_of(angle, found_in(angle)) == pytest.approx([30.0, 32.0], abs=1e-9)


def test_a_few_missing_samples_in_a_hold_do_not_split_it(trapezoids):
    angle = trapezoids([30.0])
    angle[330:336] = np.nan
    assert peaks_of(angle, found_in(angle)) == pytest.approx([30.0], abs=1e-9)


@pytest.mark.parametrize("lost", [12, 20, 30, 49, 60, 100, 150])
def test_a_gap_in_a_hold_does_not_make_two_repetitions(trapezoids, tested_leg, lost):
    angle = trapezoids([30.0, 30.0, 30.0], hold_s=3.0)
    middle = 150 + 100 + 150
    angle[middle - lost // 2 : middle + lost // 2] = np.nan
    result = measure_rotation(tested_leg(angle), Task.SEATED, Side.LEFT, 1.0)
    assert len(result.repetitions) == 3
    assert [r.valid for r in result.repetitions][1:] == [True, True]
