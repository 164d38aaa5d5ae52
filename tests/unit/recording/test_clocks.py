"""Sensor clocks become host time, from arrivals with known delays."""

import time

import numpy as np
import pytest

from imu_hip.names import Segment
from imu_hip.recording.clocks import ClockArrivals, fit_clock, fit_pooled
from imu_hip.recording.formats.counters import unwrapped
from tests.delays import Link, mixed_links, pairwise_errors_s, simulate_link, simulate_sensors

BOOT_S = 5000.0
LATENCY_S = Link().latency_s


def ticking(duration_s, rate_hz=60.0):
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def on_host(sensor_s, fast_ppm=0.0):
    """Host time of a clock that runs too fast."""
    return BOOT_S + sensor_s / (1.0 + 1e-6 * fast_ppm)


def fitted(sensor_s, arrival_s):
    return fit_clock(ClockArrivals(sensor_s, arrival_s))


def error_s(arrivals, fit=None):
    fit = fit or fitted(arrivals.sensor_s, arrivals.arrival_s)
    return fit.host_s(arrivals.sensor_s) - arrivals.true_s - LATENCY_S


class TestALine:
    @pytest.mark.parametrize("fast_ppm", [-150.0, -40.0, 0.0, 40.0, 150.0])
    def test_arrivals_without_delay_give_the_clock_itself(self, fast_ppm):
        sensor_s = ticking(120.0)
        fit = fitted(sensor_s, on_host(sensor_s, fast_ppm))
        assert fit.host_s(sensor_s) == pytest.approx(on_host(sensor_s, fast_ppm), abs=1e-8)
        assert fit.rate_ppm == pytest.approx(fast_ppm, abs=1e-3)
        assert fit.pieces == 1
        assert fit.latency_p95_s == pytest.approx(0.0, abs=1e-8)

    def test_a_constant_latency_is_part_of_the_offset(self):
        sensor_s = ticking(120.0)
        fit = fitted(sensor_s, on_host(sensor_s) + 0.012)
        assert fit.host_s(sensor_s) == pytest.approx(on_host(sensor_s) + 0.012, abs=1e-8)

    def test_delays_of_no_pattern_leave_the_lower_envelope(self):
        # Of 240 exponential delays of 8 ms a block, the least is 0.03 ms on average.
        rng = np.random.default_rng(4)
        sensor_s = ticking(300.0)
        delay_s = rng.exponential(0.008, len(sensor_s))
        arrival_s = np.maximum.accumulate(on_host(sensor_s, 30.0) + delay_s)
        fit = fitted(sensor_s, arrival_s)
        assert fit.interval_s is None
        assert fit.host_s(sensor_s) == pytest.approx(on_host(sensor_s, 30.0), abs=1e-4)
        # 95 % of exponential delays are below 3.0 of their means, and queueing adds to that.
        assert 0.024 <= fit.latency_p95_s < 0.04

    def test_the_fit_is_beside_no_arrival_but_under_all(self):
        arrivals = simulate_link(Link(), 60.0, 120.0, np.random.default_rng(2))
        fit = fitted(arrivals.sensor_s, arrivals.arrival_s)
        assert (arrivals.arrival_s - fit.host_s(arrivals.sensor_s)).min() > -1e-4

    def test_a_drift_beyond_that_of_crystals_is_not_followed(self):
        sensor_s = ticking(60.0)
        fit = fitted(sensor_s, on_host(sensor_s, -1000.0))
        assert fit.rate_ppm == pytest.approx(-200.0, abs=0.1)


class TestFewSamples:
    @pytest.mark.parametrize("count", [1, 2, 3, 10])
    def test_few_samples_keep_the_sensors_steps(self, count):
        sensor_s = ticking(1.0)[:count]
        fit = fitted(sensor_s, on_host(sensor_s))
        assert fit.host_s(sensor_s) == pytest.approx(on_host(sensor_s), abs=1e-9)

    def test_a_short_epoch_has_the_least_latency_and_no_drift(self):
        sensor_s = ticking(5.0)
        delay_s = 0.004 + 0.02 * np.random.default_rng(1).random(len(sensor_s))
        delay_s[[3, 290]] = 0.004, 0.0043
        fit = fitted(sensor_s, np.maximum.accumulate(on_host(sensor_s) + delay_s))
        assert fit.rate_ppm == pytest.approx(0.0, abs=1e-6)
        assert fit.host_s(sensor_s) == pytest.approx(on_host(sensor_s) + 0.004, abs=1e-6)

    def test_one_burst_for_everything_is_no_later_than_it(self):
        sensor_s = ticking(0.5)
        fit = fitted(sensor_s, np.full(len(sensor_s), BOOT_S))
        assert fit.host_s(sensor_s[-1:]) == pytest.approx(BOOT_S)


class TestDisturbances:
    def test_stalls_and_bursts_do_not_move_the_fit(self):
        calm = simulate_link(Link(), 60.0, 300.0, np.random.default_rng(3))
        arrival_s = calm.arrival_s.copy()
        for start_s, length_s in ((20.0, 0.15), (60.0, 4.0), (64.5, 0.8), (200.0, 2.5)):
            held = slice(*np.searchsorted(arrival_s, arrival_s[0] + [start_s, start_s + length_s]))
            arrival_s[held] = arrival_s[held.stop]
        moved_s = fitted(calm.sensor_s, arrival_s).host_s(calm.sensor_s)
        assert moved_s == pytest.approx(
            fitted(calm.sensor_s, calm.arrival_s).host_s(calm.sensor_s), abs=2e-4
        )

    def test_a_tenth_of_the_packets_lost_and_a_tenth_of_the_events_missed_cost_nothing(self):
        # 15 ms against 60 Hz leave 1.67 ms open where the clocks do not slide.
        link = Link(missed_fraction=0.1, lost_fraction=0.1)
        arrivals = simulate_link(link, 60.0, 300.0, np.random.default_rng(5))
        assert np.abs(error_s(arrivals)).max() < 0.001

    def test_a_counter_that_wraps_is_unwrapped_before(self):
        sensor_s = ticking(120.0)
        ticks = np.mod(np.round((sensor_s + 4250.0) * 1e6), 2.0**32)
        assert ticks.min() < 1e8 < ticks.max()
        fit = fitted(unwrapped(ticks, 2**32) / 1e6, on_host(sensor_s, 20.0))
        # The ticks are rounded to a microsecond.
        assert fit.host_s(sensor_s) == pytest.approx(on_host(sensor_s, 20.0), abs=2e-6)

    def test_another_interval_and_grid_after_a_reconnection_are_seen(self):
        rng = np.random.default_rng(6)
        whole = simulate_link(Link(interval_s=0.0075), 60.0, 400.0, rng)
        late_s = whole.arrival_s.copy()
        # From the middle on packets leave on a grid of 15 ms of another phase, after 20 s away.
        since_s = whole.true_s - whole.true_s[0]
        after = since_s > 220.0
        grid = np.ceil((whole.true_s[after] - 0.0031) / 0.015)
        late_s[after] = grid * 0.015 + 0.0031 + LATENCY_S
        kept = after | (since_s < 200.0)
        fit = fitted(whole.sensor_s[kept], late_s[kept])
        assert np.abs(error_s(whole, fit)).max() < 0.001

    def test_packets_that_all_wait_equally_long_leave_a_stated_doubt(self):
        # At 50 Hz and 20 ms each packet waits the same unknown part of 20 ms.
        link = Link(interval_s=0.02, clock_ppm=0.0, central_ppm=0.0)
        arrivals = simulate_link(link, 50.0, 120.0, np.random.default_rng(7))
        fit = fitted(arrivals.sensor_s, arrivals.arrival_s)
        assert fit.standard_error_s == pytest.approx(0.02 / np.sqrt(12.0), rel=0.1)


@pytest.fixture(scope="module")
def hour():
    return simulate_link(Link(), 120.0, 3600.0, np.random.default_rng(8))


class TestLongEpochs:
    def test_lines_follow_the_wander_of_a_clock(self, hour):
        fit = fitted(hour.sensor_s, hour.arrival_s)
        assert fit.pieces > 1
        assert np.percentile(np.abs(error_s(hour, fit)), 95) < 0.001
        assert np.diff(fit.host_s(hour.sensor_s)).min() > 0.99 / 120.0

    def test_the_chain_is_continuous_and_goes_on_beyond_its_ends(self, hour):
        fit = fitted(hour.sensor_s, hour.arrival_s)
        knots_s = fit.knots_sensor_s
        around_s = np.concatenate((knots_s - 1e-6, knots_s + 1e-6))
        on_knots_s = np.tile(fit.knots_host_s, 2)
        assert fit.host_s(around_s) == pytest.approx(on_knots_s, abs=1.1e-6)
        beyond_s = knots_s[[0, -1]] + [-100.0, 100.0]
        expected_s = fit.knots_host_s[[0, -1]] + [-100.0, 100.0]
        assert fit.host_s(beyond_s) == pytest.approx(expected_s, abs=100.0 * 200e-6)

    def test_half_an_hour_without_link_is_bridged(self, hour):
        since_s = hour.sensor_s - hour.sensor_s[0]
        kept = (since_s < 900.0) | (since_s > 2700.0)
        fit = fitted(hour.sensor_s[kept], hour.arrival_s[kept])
        assert np.abs(error_s(hour, fit))[kept].max() < 0.001
        assert np.abs(error_s(hour, fit)).max() < 0.003

    @pytest.mark.parametrize("seen_s", [10.0, 300.0])
    def test_a_link_that_only_held_at_both_ends_is_bridged_by_one_line(self, hour, seen_s):
        since_s = hour.sensor_s - hour.sensor_s[0]
        kept = (since_s < seen_s) | (since_s > since_s[-1] - seen_s)
        fit = fitted(hour.sensor_s[kept], hour.arrival_s[kept])
        assert fit.pieces == 1
        # At the worst a first and a last packet that both waited for the whole interval.
        assert np.abs(error_s(hour, fit))[kept].max() < Link().interval_s

    def test_three_packets_in_an_hour_show_no_drift(self, hour):
        few = [0, 1, -1]
        fit = fitted(hour.sensor_s[few], hour.arrival_s[few])
        assert fit.rate_ppm == pytest.approx(0.0, abs=1e-6)

    def test_half_an_hour_without_a_grid_is_fitted_by_the_soonest_packets(self, hour):
        # A computer that is busy hands over the packets of that time when it likes.
        since_s = hour.sensor_s - hour.sensor_s[0]
        busy = (since_s > 900.0) & (since_s < 2700.0)
        wait_s = np.random.default_rng(10).uniform(0.0, 0.05, np.count_nonzero(busy))
        arrival_s = hour.arrival_s.copy()
        arrival_s[busy] = hour.true_s[busy] + LATENCY_S + wait_s
        fit = fitted(hour.sensor_s, np.maximum.accumulate(arrival_s))
        assert fit.interval_s == pytest.approx(0.015)
        assert np.abs(error_s(hour, fit)).max() < 0.003

    def test_an_hour_is_fitted_in_half_a_second(self, hour):
        arrivals = ClockArrivals(hour.sensor_s, hour.arrival_s)
        start_s = time.process_time()
        fit_clock(arrivals)
        assert time.process_time() - start_s < 0.5


class TestPooled:
    def arrivals(self, links, apart_s):
        rng = np.random.default_rng(9)
        one = simulate_link(links[0], 60.0, 200.0, rng)
        sensor_s = one.sensor_s
        found = {Segment.LEFT_THIGH: ClockArrivals(sensor_s, one.arrival_s)}
        # The other sensor samples at the same times and waits for other events.
        grid_s, phase_s = links[1].interval_s * (1.0 + 9e-6), 0.0042
        event_s = np.ceil((one.true_s + apart_s - phase_s) / grid_s) * grid_s + phase_s
        found[Segment.LEFT_SHIN] = ClockArrivals(sensor_s, event_s + LATENCY_S)
        return one, found

    def test_sensors_of_one_time_base_share_one_line(self):
        one, found = self.arrivals(mixed_links([0.015, 0.0075]), 0.0)
        pooled = fit_pooled(found)
        assert np.abs(error_s(one, pooled.fit)).max() < 0.0005
        assert max(pooled.disagreement_s.values()) < 0.001

    def test_a_sensor_on_another_time_base_shows(self):
        # 8 ms apart, the common line can be no nearer than 4 ms to both.
        _, found = self.arrivals(mixed_links([0.015, 0.0075]), 0.008)
        assert max(fit_pooled(found).disagreement_s.values()) > 0.0035


class TestBadInput:
    @pytest.mark.parametrize(
        ("sensor_s", "arrival_s", "message"),
        [
            ([], [], "without samples"),
            ([0.0, 1.0], [5.0], "one length"),
            ([0.0, 1.0, 1.0], [5.0, 6.0, 7.0], "must rise"),
            ([0.0, 2.0, 1.0], [5.0, 6.0, 7.0], "must rise"),
            ([0.0, np.nan], [5.0, 6.0], "finite"),
            ([0.0, 1.0], [5.0, np.inf], "finite"),
        ],
    )
    def test_times_that_are_no_epoch_are_refused(self, sensor_s, arrival_s, message):
        with pytest.raises(ValueError, match=message):
            ClockArrivals(np.array(sensor_s, dtype=float), np.array(arrival_s, dtype=float))


@pytest.mark.parametrize("rate_hz", [60.0, 120.0])
def test_sensors_with_mixed_intervals_agree_within_two_milliseconds(rate_hz):
    links = mixed_links([0.0075, 0.015, 0.03, 0.0075, 0.015])
    for seed in range(4):
        arrivals = simulate_sensors(links, rate_hz, 600.0, seed)
        host_s = [fitted(a.sensor_s, a.arrival_s).host_s(a.sensor_s) for a in arrivals]
        assert np.percentile(pairwise_errors_s(arrivals, host_s), 95) <= 0.002
