"""Reliability against hand-made and published tables, pingouin, and what cannot matter."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imu_hip.measures.intraclass import icc_2_1, icc_3_k, mean_squares
from imu_hip.measures.reliability import Repeats, first_sessions, sem_interval, within_people
from imu_hip.names import Side

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)
"""Table 2 of Shrout and Fleiss (1979): six people, four raters."""

_tables = arrays(
    np.float64,
    st.tuples(st.integers(5, 9), st.integers(2, 4)),
    # A tenth of a degree, as it is written down: mean squares of rounding errors say nothing.
    elements=st.integers(0, 600).map(lambda tenths: tenths / 10),
).filter(lambda table: mean_squares(table).error > 1e-3 < mean_squares(table).between_people)


def repeats(person, *values, side=Side.LEFT, window=0):
    return Repeats(person, window, side, values)


def test_mean_squares_by_hand() -> None:
    # People's means 11, 20.5, 31.5 about 21: 2 (100 + 0.25 + 110.25) = 421 over 2 = 210.5.
    # Sessions' means 20 and 22 about 21: 3 (1 + 1) = 6 over 1 = 6.
    # All about 21: 121 + 81 + 1 + 0 + 81 + 144 = 428; error 428 - 421 - 6 = 1 over 2 = 0.5.
    found = mean_squares(np.array([[10.0, 12.0], [20.0, 21.0], [30.0, 33.0]]))
    assert (found.between_people, found.between_sessions, found.error) == pytest.approx(
        (210.5, 6.0, 0.5)
    )
    assert found.degrees_of_freedom == 2
    # (210.5 - 0.5) / (210.5 + 0.5 + 2 (6 - 0.5) / 3) = 210 / 214.6667, and 210 / 210.5.
    assert icc_2_1(found).value == pytest.approx(0.978261, abs=1e-6)
    assert icc_3_k(found).value == pytest.approx(0.997625, abs=1e-6)


def test_published_example() -> None:
    # Shrout and Fleiss, table 4: ICC(2,1) = 0.29, ICC(3,k) = 0.91; mean squares of table 3.
    found = mean_squares(SHROUT_FLEISS)
    assert (found.between_people, found.between_sessions, found.error) == pytest.approx(
        (11.24, 32.49, 1.02), abs=0.006
    )
    assert icc_2_1(found).value == pytest.approx(0.29, abs=0.005)
    assert icc_3_k(found).value == pytest.approx(0.91, abs=0.005)


@contextmanager
def _pingouin_exact() -> Iterator[None]:
    """Pingouin without the rounding of intervals, and what it calls that pandas will drop."""
    import pingouin  # noqa: PLC0415

    before = dict(pingouin.options)
    pingouin.options.update({"round": None, "round.column.CI95": 15})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        pingouin.options.clear()
        pingouin.options.update(before)


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_values_and_intervals_are_those_of_pingouin(seed: int | None) -> None:
    import pandas as pd  # noqa: PLC0415
    import pingouin  # noqa: PLC0415

    table = SHROUT_FLEISS
    if seed is not None:
        random = np.random.default_rng(seed)
        n, k = int(random.integers(5, 30)), int(random.integers(2, 6))
        table = 30 + random.normal(0, 6, (n, 1)) + random.normal(0, 2, k)
        table = table + random.normal(0, 3, (n, k))
    n, k = table.shape
    long = pd.DataFrame(
        {
            "person": np.repeat(np.arange(n), k),
            "session": np.tile(np.arange(k), n),
            "value": table.ravel(),
        }
    )
    with _pingouin_exact():
        theirs = pingouin.intraclass_corr(
            data=long, targets="person", raters="session", ratings="value"
        ).set_index("Type")
    ours = mean_squares(table)
    for name, found in (("ICC(A,1)", icc_2_1(ours)), ("ICC(C,k)", icc_3_k(ours))):
        low, high = theirs.loc[name, "CI95"]
        assert (found.value, found.low, found.high) == pytest.approx(
            (theirs.loc[name, "ICC"], low, high), abs=1e-9
        )


def test_spread_within_people_by_hand() -> None:
    # Squares about each mean: 10, 12, 14 give 4 + 0 + 4 = 8 (2 degrees of freedom); 20, 23 give
    # 2 · 1.5² = 4.5 (1). Variance 12.5 / 3 = 4.166667, SD 2.041241.
    # chi² (3): 0.025 at 0.215795, 0.975 at 9.348404: interval 2.041241 · √(3 / 9.348404) = 1.156349
    # to 2.041241 · √(3 / 0.215795) = 7.610819.
    found = within_people([repeats("a", 10.0, 12.0, 14.0), repeats("b", 20.0, 23.0)])
    assert found.degrees_of_freedom == 3
    assert (found.sessions, found.people) == (5, 2)
    assert (found.sem.value, found.sem.low, found.sem.high) == pytest.approx(
        (2.041241, 1.156349, 7.610819), abs=1e-4
    )


def test_a_second_leg_adds_to_the_estimate_and_not_to_its_certainty() -> None:
    # Left 8 with 2 degrees of freedom as above, right 0 + 18 + 18 = 36 with 2: variance 44 / 4.
    both = within_people(
        [
            repeats("a", 10.0, 12.0, 14.0),
            repeats("a", 30.0, 33.0, 27.0, side=Side.RIGHT),
        ]
    )
    # 3 about 30: 0, 9, 9 = 18; (8 + 18) / 4 = 6.5.
    assert both.sem.value == pytest.approx(np.sqrt(6.5))
    assert both.degrees_of_freedom == 2
    assert both.sessions == 3


def test_windows_of_one_person_are_never_compared() -> None:
    # The second window lies 20 higher; its squares about its own mean are the same.
    two = within_people([repeats("a", 10.0, 12.0), repeats("a", 30.0, 32.0, window=1)])
    assert two.sem.value == pytest.approx(np.sqrt(2.0))
    assert two.degrees_of_freedom == 2
    assert (two.sessions, two.people) == (4, 1)


def test_a_change_from_session_to_session_is_found() -> None:
    # 1 a session, no error: the slope is 1 with an interval of no width.
    steady = within_people([repeats("a", 1.0, 2.0, 3.0, 4.0), repeats("b", 11.0, 12.0)])
    assert (steady.drift.low, steady.drift.high) == pytest.approx((1.0, 1.0))
    # Two sessions each: the slope is the mean difference (1, 2, 3, 6: mean 3), the interval that of
    # a paired t test: SD of the differences √(14/3), t(0.975; 3) = 3.182446, half
    # 3.182446 · √(14/3) / 2 = 3.437430.
    pairs = [repeats(str(name), 20.0, 20.0 + d) for name, d in enumerate((1.0, 2.0, 3.0, 6.0))]
    drift = within_people(pairs).drift
    assert drift.value == pytest.approx(3.0)
    assert drift.high - drift.value == pytest.approx(3.437430, abs=1e-5)


def test_no_drift_from_too_few_and_none_from_no_change() -> None:
    assert within_people([repeats("a", 1.0, 2.0, 3.0)]).drift is None
    drift = within_people([repeats("a", *np.zeros(5)), repeats("b", *np.ones(3))]).drift
    assert (drift.low, drift.value, drift.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "wrong", [[], [repeats("a")], [repeats("a", 1.0)], [repeats("a", 1.0, np.nan, 2.0)]]
)
def test_nothing_repeated_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match="two finite values"):
        within_people(wrong)


@pytest.mark.parametrize(
    "table", [np.empty((0, 0)), np.ones((1, 3)), np.ones((4, 1)), np.array([[1, np.nan], [2, 3]])]
)
def test_a_table_that_is_too_small_or_has_gaps_is_refused(table: np.ndarray) -> None:
    with pytest.raises(ValueError, match="without gaps"):
        mean_squares(table)


def test_first_sessions_take_the_most_degrees_of_freedom() -> None:
    # Five with 2 sessions, five with 4: k = 2 of ten gives 9 · 1 = 9, k = 4 of five 4 · 3 = 12.
    five = [repeats(f"p{i}", i, i + 1) for i in range(5)]
    more = [repeats(f"q{i}", i, i + 1, i + 2, i + 3) for i in range(5)]
    assert first_sessions(five + more).shape == (5, 4)
    # With four of those, k = 4 has fewer than five people: k = 2 of nine.
    assert first_sessions(five + more[:4]).shape == (9, 2)
    assert first_sessions([]).shape == (0, 0)


def test_first_sessions_take_the_window_that_holds_the_most() -> None:
    table = first_sessions([repeats("a", 1.0, 2.0), repeats("a", 5.0, 6.0, 7.0, window=1)])
    assert table.tolist() == [[5.0, 6.0, 7.0]]


def test_nothing_that_varies_has_no_icc() -> None:
    still = mean_squares(np.full((5, 2), 30.0))
    assert icc_2_1(still) is None
    assert icc_3_k(still) is None


def test_no_error_is_perfect_and_a_common_step_is_no_agreement() -> None:
    people = np.arange(5.0)[:, None]
    same = mean_squares(people + np.zeros(3))
    assert icc_2_1(same).low == icc_2_1(same).value == icc_3_k(same).low == 1.0
    # Each later session 1 higher: consistent to the last digit, agreement less than 1.
    stepped = mean_squares(people + np.arange(3.0))
    assert icc_3_k(stepped).value == pytest.approx(1.0)
    assert icc_2_1(stepped).low < icc_2_1(stepped).value < 0.8


@settings(deadline=None)
@given(_tables, st.floats(-100, 100), st.floats(0.1, 10))
def test_neither_a_constant_nor_a_unit_nor_the_order_of_people_matters(
    table: np.ndarray, constant: float, scale: float
) -> None:
    one, other = mean_squares(table), mean_squares((scale * table + constant)[::-1])
    for icc in (icc_2_1, icc_3_k):
        first, second = icc(one), icc(other)
        assert (second.value, second.low, second.high) == pytest.approx(
            (first.value, first.low, first.high), rel=1e-5, abs=1e-7
        )
    assert other.error == pytest.approx(scale**2 * one.error, rel=1e-6, abs=1e-9)


@settings(deadline=None)
@given(_tables)
def test_intervals_hold_their_values(table: np.ndarray) -> None:
    found = mean_squares(table)
    for icc in (icc_2_1(found), icc_3_k(found)):
        assert icc.low <= icc.value <= icc.high <= 1.0


@settings(deadline=None)
@given(_tables, st.floats(-100, 100), st.floats(0.1, 10), st.randoms())
def test_spread_within_people_follows_scale_and_nothing_else(
    table: np.ndarray, constant: float, scale: float, random
) -> None:
    of_people = [repeats(str(i), *row) for i, row in enumerate(table)]
    changed = [repeats(str(i), *(scale * row + constant)) for i, row in enumerate(table)]
    random.shuffle(changed)
    one, other = within_people(of_people), within_people(changed)
    assert other.sem.value == pytest.approx(scale * one.sem.value, rel=1e-6)
    assert other.drift.value == pytest.approx(scale * one.drift.value, rel=1e-6, abs=1e-6)
    # One-way mean square: the two-way ones of sessions and error together.
    two_way = mean_squares(table)
    n, k = table.shape
    pooled = (two_way.between_sessions * (k - 1) + two_way.error * (n - 1) * (k - 1)) / (n * k - n)
    assert one.sem.value == pytest.approx(np.sqrt(pooled))


def test_the_interval_of_the_error_holds_it_as_often_as_it_says() -> None:
    # 4 people with 6 sessions each, true error 3: in 95 % of 1,000 clinics (binomial SD 0.7 %).
    random = np.random.default_rng(8)
    sems = [
        within_people([repeats(str(i), *random.normal(30, 3, 6)) for i in range(4)]).sem
        for _ in range(1000)
    ]
    assert np.mean([s.low <= 3.0 <= s.high for s in sems]) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("related", [0.0, 1.0])
def test_two_legs_never_make_the_interval_too_narrow(related: float) -> None:
    """Whether the errors of the legs are the same or have nothing in common."""
    random = np.random.default_rng(9)
    held = 0
    for _ in range(600):
        error = random.normal(0, 3, (2, 12))
        error[1] = related * error[0] + (1 - related) * error[1]
        legs = zip(Side, error, strict=True)
        sem = within_people([repeats("a", *row, side=side) for side, row in legs]).sem
        held += sem.low <= 3.0 <= sem.high
    # Unrelated legs make the interval too wide, which is safe.
    assert held / 600 >= 0.93


def test_interval_of_a_standard_deviation_shrinks_with_repeats() -> None:
    ratios = [sem_interval(4.0, freedom).high / 2.0 for freedom in (10, 30, 100)]
    # √(10 / 3.247), √(30 / 16.791), √(100 / 74.222).
    assert ratios == pytest.approx([1.7550, 1.3367, 1.1607], abs=1e-3)
