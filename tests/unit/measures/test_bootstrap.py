"""Intervals of means over correlated strides."""

import numpy as np
import pytest

from imu_hip.measures.bootstrap import (
    MOST_CELLS,
    Cells,
    block_length,
    equal_edges,
    half_width,
    in_cells,
    resample,
)
from tests.synthetic_strides import autoregressive


def resampled(values):
    return resample(in_cells(values, equal_edges(len(values))))


@pytest.mark.parametrize("n", [16, 250, 251, 499, 5000])
def test_cells_hold_every_stride_once(n):
    values = np.random.default_rng(n).normal(size=(n, 3))
    cells = in_cells(values, equal_edges(n))
    assert len(cells.total) <= MOST_CELLS
    assert cells.total.sum(axis=0) == pytest.approx(values.sum(axis=0))
    assert cells.count.sum(axis=0) == pytest.approx([n, n, n])


def test_a_cell_without_strides_is_empty():
    cells = in_cells(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 1, 3, 3]))
    assert cells.total[:, 0] == pytest.approx([1.0, 0.0, 6.0, 0.0])
    assert cells.count[:, 0] == pytest.approx([1.0, 0.0, 2.0, 0.0])


def test_missing_values_count_in_neither_mean_nor_weight():
    values = np.arange(40.0).reshape(20, 2)
    values[::2, 1] = np.nan
    found = resampled(values)
    # The second column keeps the odd rows: 3, 7, ..., 39.
    assert found.mean == pytest.approx([19.0, 21.0])
    assert np.isfinite(found.means).all()


def test_a_column_that_is_missing_throughout_stays_missing():
    values = np.column_stack((np.arange(20.0), np.full(20, np.nan)))
    width = half_width(resampled(values).means, resampled(values), simultaneous=False)
    assert np.isfinite(width[0])
    assert np.isnan(width[1])


def test_two_series_are_drawn_together():
    values = np.random.default_rng(2).normal(size=(60, 1))
    cells = in_cells(values, equal_edges(60))
    found = resample(cells.beside(Cells(-cells.total, cells.count)))
    assert found.means.sum(axis=1) == pytest.approx(np.zeros(len(found.means)))


@pytest.mark.parametrize(("n", "rho"), [(60, 0.0), (60, 0.6), (400, 0.0), (400, 0.6)])
def test_blocks_are_as_long_as_strides_are_alike(n, rho):
    # Least error of the variance: (sqrt(6) rho / (1 - rho^2))^(2/3) n^(1/3), and 1 without any.
    lags = rho ** np.arange(20.0)
    expected = max((6**0.5 * rho / (1 - rho**2)) ** (2 / 3) * n ** (1 / 3), 1.0)
    assert block_length(lags, n) == pytest.approx(expected, abs=2.0)


def test_blocks_never_take_more_than_a_third_of_the_strides():
    assert block_length(0.99 ** np.arange(12.0), 18) == 6


def test_the_error_of_a_mean_of_independent_strides_is_that_of_the_textbook():
    values = np.random.default_rng(3).normal(size=(400, 20))
    width = half_width(resampled(values).means, resampled(values), simultaneous=False)
    assert width.mean() == pytest.approx(1.96 / 400**0.5, rel=0.08)


def test_correlated_strides_tell_less():
    values = autoregressive(np.random.default_rng(4), 2000, 40, 0.6)
    width = half_width(resampled(values).means, resampled(values), simultaneous=False)
    # The variance of a mean of such a series is (1 + rho) / (1 - rho) = 4 times as large.
    assert width.mean() == pytest.approx(2.0 * 1.96 / 2000**0.5, rel=0.12)


def test_a_simultaneous_interval_is_as_wide_as_many_values_need():
    found = resampled(np.random.default_rng(5).normal(size=(400, 50)))
    one = half_width(found.means, found, simultaneous=False)
    every = half_width(found.means, found, simultaneous=True)
    # Of 50 independent normal values the largest is below 3.28 in 95 %: (1 - 2 * 0.00052)^50.
    assert (every / one).mean() == pytest.approx(3.28 / 1.96, rel=0.06)


def test_values_that_never_vary_have_no_width():
    found = resampled(np.tile([1.0, -2.0], (30, 1)))
    assert found.mean == pytest.approx([1.0, -2.0])
    assert half_width(found.means, found, simultaneous=True) == pytest.approx([0.0, 0.0], abs=1e-9)
