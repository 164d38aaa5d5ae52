"""Which samples are kept, lost, repeated, or counted by a clock that started anew."""

import pytest

from imu_hip.bluetooth.accounting import StreamAccount
from imu_hip.bluetooth.counts import Verdict
from imu_hip.bluetooth.drivers.samples import Sample, SensorClock

MICROSECONDS = SensorClock(tick_s=1e-6, tick_modulus=2**32)
COUNTED = SensorClock(tick_s=1e-6, tick_modulus=2**32, sequence_modulus=2**16)
SEQUENCE_ONLY = SensorClock(tick_s=None, sequence_modulus=256)
NO_CLOCK = SensorClock(tick_s=None)
STEP_US = 16_667


class Stream:
    """A sensor at 60 Hz whose clock showed `start_us` when the host's showed 100 s."""

    def __init__(self, clock=MICROSECONDS, start_us=5_000_000):
        self.account = StreamAccount(clock, 60.0)
        self.clock = clock
        self.start_us = start_us
        self.placed = []

    def send(self, *counts, connection=1, late_s=0.02, first_sequence=0):
        for count in counts:
            tick_us = self.start_us + count * STEP_US
            sample = Sample(
                tick_us % self.clock.tick_modulus if self.clock.tick_modulus else None,
                (first_sequence + count) % self.clock.sequence_modulus
                if self.clock.sequence_modulus
                else None,
            )
            arrival_s = 100.0 + 1e-6 * count * STEP_US + late_s
            self.placed.append(self.account.add(sample, round(1e9 * arrival_s), connection))
        return self.placed[-1]

    @property
    def counts(self):
        return self.account.counts


def test_a_step_of_the_clock_counts_what_is_lost():
    stream = Stream()
    last = stream.send(0, 1, 2, 6)  # 3, 4 and 5 are missing
    assert (last.lost_before, last.index, last.tick) == (3, 6, 5_000_000 + 6 * STEP_US)
    assert last.gap_s == pytest.approx(4 * 0.016667)
    assert (stream.counts.kept, stream.counts.lost) == (4, 3)
    assert stream.counts.lost_percent == pytest.approx(100 * 3 / 7)
    assert stream.counts.gap_max_s == pytest.approx(4 * 0.016667)


def test_repeated_and_late_samples_are_dropped_and_counted():
    stream = Stream()
    stream.send(0, 1, 1, 3, 2, 3, 4)
    verdicts = [placed.verdict for placed in stream.placed]
    kept, again, back = Verdict.KEPT, Verdict.DUPLICATE, Verdict.BACKWARD
    assert verdicts == [kept, kept, again, kept, back, again, kept]
    assert (stream.counts.duplicates, stream.counts.backward, stream.counts.lost) == (2, 1, 1)


@pytest.mark.parametrize("clock", [MICROSECONDS, COUNTED])
def test_a_wrap_of_the_clock_is_no_reboot(clock):
    stream = Stream(clock, start_us=2**32 - 2 * STEP_US)
    last = stream.send(0, 1, 2, 3, 4)
    assert last.tick == 2**32 + 2 * STEP_US
    assert (stream.counts.reboots, stream.counts.lost, last.epoch) == (0, 0, 0)


def test_a_link_lost_for_longer_than_a_wrap_is_told_by_the_time_of_arrival():
    stream = Stream()
    stream.send(0)
    three_hours = 3 * 3600 * 60  # two wraps of 71.6 minutes and a part
    last = stream.send(three_hours, connection=2)
    assert (last.epoch, last.tick) == (0, 5_000_000 + three_hours * STEP_US)
    # 16667 us is 20 ppm more than a sixtieth of a second: 13 samples in three hours.
    assert stream.counts.lost == pytest.approx(three_hours - 1, rel=21e-6)


def test_a_reboot_begins_an_epoch_and_loses_nothing_by_count():
    stream = Stream()
    stream.send(0, 1, 2)
    rebooted = Stream(start_us=0)
    rebooted.account = stream.account
    first = rebooted.send(300, connection=2)
    assert (first.epoch, first.lost_before, first.index) == (1, 0, 0)
    assert rebooted.send(301, 303, connection=2).lost_before == 1
    assert (stream.counts.reboots, stream.counts.lost, stream.counts.kept) == (1, 1, 6)
    assert stream.counts.gap_max_s == pytest.approx(298 * 0.016667)


def test_a_reboot_whose_clock_is_ahead_of_the_last_sample_is_still_one():
    stream = Stream(start_us=3_000_000)
    stream.send(0)
    # Off for a minute after 3 s of running, then 9 minutes until the link is back: the clock
    # shows more than before, but a minute less than a clock that ran on.
    rebooted = Stream(start_us=3_000_000 - 63_000_000)
    rebooted.account = stream.account
    assert rebooted.send(600 * 60, connection=2).epoch == 1


def test_a_clock_set_back_without_a_lost_link_is_a_new_epoch():
    stream = Stream()
    stream.send(0, 1, 2)
    restarted = Stream(start_us=-3 * STEP_US)
    restarted.account = stream.account
    assert restarted.send(3).epoch == 1


@pytest.mark.parametrize("connection", [1, 2])
def test_a_sample_from_the_future_was_counted_by_another_clock(connection):
    stream = Stream()
    stream.send(0, 1)
    ahead = Stream(start_us=1000 * 1_000_000)
    ahead.account = stream.account
    assert ahead.send(2, connection=connection).epoch == 1


@pytest.mark.parametrize("pace_ppm", [-100, 100])
def test_a_clock_that_runs_fast_or_slow_for_half_a_day_is_no_reboot(pace_ppm):
    # 100 ppm of 12 hours are 4.3 s: more than a late packet, but it came little by little.
    account = StreamAccount(MICROSECONDS, 60.0)
    for second in range(0, 12 * 3600, 10):
        tick_us = 5_000_000 + second * (1_000_000 + pace_ppm)
        account.add(Sample(tick_us % 2**32), second * 1_000_000_000, 1)
    tick_us = 5_000_000 + 12 * 3600 * (1_000_000 + pace_ppm)
    assert account.add(Sample(tick_us % 2**32), 12 * 3600 * 1_000_000_000, 2).epoch == 0


def test_a_stall_delays_but_loses_nothing():
    stream = Stream()
    stream.send(0)
    for count in range(1, 600):  # all at once after ten seconds
        stream.send(count, late_s=10.0 - count / 60)
    assert (stream.counts.kept, stream.counts.lost, stream.counts.reboots) == (600, 0, 0)


def test_a_full_queue_behind_a_stall_is_a_loss_and_no_reboot():
    stream = Stream()
    stream.send(0)
    stream.send(1, 2, 3, 4, late_s=10.0)  # held back by the sensor
    stream.send(600)  # the next one that found room
    assert (stream.counts.lost, stream.counts.reboots) == (595, 0)


def test_a_sensor_that_kept_samples_while_the_link_was_lost_goes_on_in_the_same_epoch():
    stream = Stream()
    stream.send(0)
    stream.send(1, 2, 3, connection=2, late_s=60.0)
    assert (stream.counts.kept, stream.counts.lost, stream.counts.reboots) == (4, 0, 0)


def test_the_sequence_counts_losses_where_there_is_one():
    stream = Stream(COUNTED)
    stream.send(65_530, 65_533, 65_540)
    assert [placed.lost_before for placed in stream.placed] == [0, 2, 6]


def test_a_sequence_that_starts_anew_leaves_the_count_to_the_clock():
    stream = Stream(COUNTED)
    stream.send(0, 1, first_sequence=40_000)
    last = stream.send(61, connection=2, first_sequence=-61)
    assert (last.lost_before, last.epoch) == (59, 0)
    assert stream.send(62, 64, connection=2, first_sequence=-61).lost_before == 1


def test_a_sequence_that_wraps_counts_better_than_the_clock_of_a_slow_sensor():
    clock = SensorClock(tick_s=1e-6, sequence_modulus=256)
    account = StreamAccount(clock, 60.0)
    period_us = 16_835  # 59.4 Hz, where 60 Hz were asked for
    for count in (100, 300):
        sample = Sample(count * period_us, count % 256)
        placed = account.add(sample, count * period_us * 1000, 1)
    assert placed.lost_before == 199


def test_a_sequence_that_stands_still_leaves_the_count_to_the_clock():
    account = StreamAccount(COUNTED, 60.0)
    for count in (0, 1, 4):
        placed = account.add(Sample(count * STEP_US, 7), count * STEP_US * 1000, 1)
    assert (placed.lost_before, placed.index) == (2, 4)


def test_a_sequence_without_a_clock_wraps_and_counts():
    stream = Stream(SEQUENCE_ONLY)
    last = stream.send(*range(0, 1000, 3))
    assert (last.tick, last.index) == (None, 999)
    assert (stream.counts.kept, stream.counts.lost, stream.counts.reboots) == (334, 666, 0)


def test_a_sensor_that_counts_nothing_has_no_losses_to_tell():
    stream = Stream(NO_CLOCK)
    last = stream.send(0, 1, 5)
    assert (last.lost_before, last.tick, last.index) == (None, None, 2)
    assert stream.counts.lost is None
    assert stream.counts.lost_percent is None
    assert stream.counts.gap_max_s == pytest.approx(4 * 0.016667)


def test_what_was_dropped_here_is_lost_once_and_told_apart():
    stream = Stream()
    stream.send(0)
    stream.account.dropped(3)  # 1, 2 and 3 came and were dropped; 4 and 5 never came
    stream.send(6, 9)
    assert (stream.counts.lost, stream.counts.own_lost) == (5 + 2, 3)


def test_what_was_dropped_here_is_told_of_a_sensor_that_counts_nothing():
    stream = Stream(NO_CLOCK)
    stream.send(0)
    stream.account.dropped(3)
    stream.send(4)
    assert (stream.counts.lost, stream.counts.own_lost) == (None, 3)
