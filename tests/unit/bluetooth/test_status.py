"""Figures over a short window."""

import pytest

from imu_hip.bluetooth.status import LatencyWindow, RateWindow

SECOND_NS = 1_000_000_000


def test_the_rate_is_that_of_the_last_two_seconds():
    window = RateWindow(60.0)
    for count in range(600):
        window.add(count * SECOND_NS // 60)
    assert window.rate_hz(10 * SECOND_NS) == pytest.approx(60.0, abs=1.0)
    # Nothing came for a second, so that half of the window is empty.
    assert window.rate_hz(11 * SECOND_NS) == pytest.approx(30.0, abs=1.0)
    assert window.rate_hz(13 * SECOND_NS) == 0.0


def test_the_rate_of_a_stream_that_has_just_begun_is_not_too_low():
    window = RateWindow(60.0)
    assert window.rate_hz(0) == 0.0
    for count in range(31):
        window.add(count * SECOND_NS // 60)
    assert window.rate_hz(SECOND_NS // 2) == pytest.approx(60.0, abs=3.0)


def test_the_latency_is_the_one_that_95_of_100_samples_do_not_exceed():
    window = LatencyWindow()
    assert window.p95_ms() is None
    for milliseconds in range(1, 101):
        window.add(1e-3 * milliseconds)
    assert window.p95_ms() == pytest.approx(95.0)
