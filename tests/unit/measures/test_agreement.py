"""Limits of agreement against values computed by hand, and what must leave them as they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imu_hip.measures.agreement import limits_of_agreement

_differences = arrays(
    np.float64, st.integers(3, 40), elements=st.floats(-50, 50, allow_subnormal=False)
)


def test_hand_computed_bias_and_limits() -> None:
    # Differences 1, 2, 3, 4, 5: mean 3; squares about it 4+1+0+1+4 = 10, variance 10/4 = 2.5,
    # SD 1.58114. t(0.975; 4) = 2.776445. Interval of the bias: 2.776445 · 1.58114 / √5 = 1.963243.
    # Limits 3 ± 1.96 · 1.58114 = 3 ± 3.099032; their interval:
    # 2.776445 · √(2.5 · (1/5 + 1.96² / 8)) = 2.776445 · √(2.5 · 0.6802) = 2.776445 · 1.304033.
    found = limits_of_agreement(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert found.pairs == 5
    assert found.sd == pytest.approx(1.581139, abs=1e-6)
    assert found.bias.value == pytest.approx(3.0)
    assert (found.bias.low, found.bias.high) == pytest.approx((1.036757, 4.963243), abs=1e-5)
    assert (found.lower.value, found.upper.value) == pytest.approx((-0.099032, 6.099032), abs=1e-5)
    half = 2.776445 * 1.304033
    assert found.upper.high - found.upper.value == pytest.approx(half, abs=1e-4)
    assert found.lower.value - found.lower.low == pytest.approx(half, abs=1e-4)


def test_equal_differences_have_limits_of_no_width() -> None:
    found = limits_of_agreement(np.full(7, -2.5))
    assert found.sd == 0.0
    assert found.lower.low == found.upper.high == found.bias.value == -2.5


@pytest.mark.parametrize(
    "differences", [[], [1.0], [1.0, 2.0], [1.0, np.nan, 2.0, 3.0], [1.0, 2.0, np.inf, 3.0]]
)
def test_too_few_or_missing_differences_are_refused(differences: list[float]) -> None:
    with pytest.raises(ValueError, match="3 finite differences"):
        limits_of_agreement(np.array(differences))


@settings(deadline=None)
@given(_differences, st.floats(-30, 30))
def test_a_constant_moves_the_bias_and_leaves_the_width(
    differences: np.ndarray, constant: float
) -> None:
    one, other = limits_of_agreement(differences), limits_of_agreement(differences + constant)
    assert other.bias.value == pytest.approx(one.bias.value + constant, abs=1e-9)
    width = one.upper.value - one.lower.value
    assert other.upper.value - other.lower.value == pytest.approx(width, abs=1e-9)


@settings(deadline=None)
@given(_differences)
def test_the_other_way_round_mirrors_the_limits(differences: np.ndarray) -> None:
    one, other = limits_of_agreement(differences), limits_of_agreement(-differences)
    assert other.upper.value == pytest.approx(-one.lower.value, abs=1e-9)
    assert other.bias.low == pytest.approx(-one.bias.high, abs=1e-9)


def test_the_intervals_hold_what_they_say() -> None:
    # 2,000 samples of 20 from a normal distribution with mean 1 and SD 2: the interval of the bias
    # holds 1 in 95 % (binomial SD 0.5 %), that of the upper limit holds 1 + 1.96 · 2 = 4.92 in
    # about 95 %, an approximation that is good to a percent at n = 20.
    random = np.random.default_rng(20)
    samples = [limits_of_agreement(random.normal(1.0, 2.0, 20)) for _ in range(2000)]
    of_bias = np.mean([s.bias.low <= 1.0 <= s.bias.high for s in samples])
    of_limit = np.mean([s.upper.low <= 4.92 <= s.upper.high for s in samples])
    assert of_bias == pytest.approx(0.95, abs=0.015)
    assert of_limit == pytest.approx(0.95, abs=0.025)
