"""A history of ten thousand sessions answers at once."""

import time

import pytest

from imu_hip.history.records import Mode
from imu_hip.history.store import open_history
from imu_hip.names import Task
from tests.benchmark.history import MANY, fill, questions

LARGEST_S = 0.25
"""Far above what a quiet machine takes, so that a busy one does not fail."""


@pytest.mark.slow
def test_ten_thousand_sessions_are_searched_at_once(empty_address):
    fill(empty_address, 10_000, with_repetitions=False)
    with open_history(empty_address) as history:
        trend = history.trend(history.person("person 1"), Task.SEATED, Mode.ACTIVE)
        # Three measures of two legs in each session.
        assert len(trend) == 6 * MANY
        assert [point.started_utc for point in trend] == sorted(p.started_utc for p in trend)
        for what, work in questions(history).items():
            assert min(map(_time_s, [work] * 5)) <= LARGEST_S, what


def _time_s(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
