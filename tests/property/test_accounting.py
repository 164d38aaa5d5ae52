"""Kept and lost are what was sent, whatever happens on the way."""

from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.accounting import StreamAccount
from imu_hip.bluetooth.counts import Verdict
from imu_hip.bluetooth.drivers.samples import Sample, SensorClock

CLOCKS = {
    "clock": SensorClock(tick_s=1e-6, tick_modulus=2**32),
    "clock that never wraps": SensorClock(tick_s=1e-9),
    "milliseconds in 16 bits": SensorClock(tick_s=1e-3, tick_modulus=2**16),
    "clock and sequence": SensorClock(tick_s=1e-6, tick_modulus=2**32, sequence_modulus=256),
    "sequence": SensorClock(tick_s=None, sequence_modulus=2**16),
}
RATE_HZ = 60.0

clocks = st.sampled_from(list(CLOCKS.values()))
arriving = st.lists(
    st.sampled_from(["comes", "comes", "comes", "is lost", "twice", "swapped", "later"]),
    min_size=1,
    max_size=120,
)


def delivered(fates):
    """Counts in the order in which they come; neighbours may swap, some come a little later."""
    places = []
    for count, fate in enumerate(fates):
        if fate == "is lost":
            continue
        places.append((count + {"swapped": 1.5, "later": 7.5}.get(fate, 0.0), count))
        if fate == "twice":
            places.append((count + 3.2, count))
    return [count for _, count in sorted(places)]


def sample_at(clock, count, start_s, first_sequence):
    tick = sequence = None
    if clock.tick_s is not None:
        tick = round((start_s + count / RATE_HZ) / clock.tick_s)
        tick %= clock.tick_modulus or 2**63
    if clock.sequence_modulus is not None:
        sequence = (first_sequence + count) % clock.sequence_modulus
    return Sample(tick, sequence)


@given(
    clock=clocks,
    fates=arriving,
    start_s=st.floats(0.0, 5000.0),
    first_sequence=st.integers(0, 2**16),
    delays_s=st.lists(st.floats(0.0, 0.8), min_size=1, max_size=20),
    drift_ppm=st.floats(-100.0, 100.0),
)
def test_kept_and_lost_are_what_was_sent_between_the_first_and_the_last_kept(
    clock, fates, start_s, first_sequence, delays_s, drift_ppm
):
    account = StreamAccount(clock, RATE_HZ)
    order = delivered(fates)
    arrival_s = 0.0
    kept = []
    for position, count in enumerate(order):
        sent_s = 50.0 + count / RATE_HZ * (1.0 + 1e-6 * drift_ppm)
        arrival_s = max(arrival_s, sent_s + delays_s[position % len(delays_s)])
        sample = sample_at(clock, count, start_s, first_sequence)
        placed = account.add(sample, round(1e9 * arrival_s), 1)
        assert placed.epoch == 0
        if placed.verdict is Verdict.KEPT:
            assert not kept or count > kept[-1]
            kept.append(count)
            assert placed.index == count - kept[0]
    counts = account.counts
    assert counts.kept == len(kept)
    assert counts.kept + counts.duplicates + counts.backward == len(order)
    if kept:
        assert counts.kept + counts.lost == kept[-1] - kept[0] + 1


@given(
    kept=st.lists(st.integers(0, 200), min_size=2, unique=True).map(sorted),
    dropped=st.sets(st.integers(0, 200)),
)
def test_what_was_dropped_here_is_never_lost_twice(kept, dropped):
    account = StreamAccount(CLOCKS["clock"], RATE_HZ)
    came = sorted(set(kept) - dropped)
    before = None
    own = 0
    for count in came:
        here = [d for d in dropped if d < count and (before is None or d > before)]
        account.dropped(len(here))
        # What was dropped before the first sample was kept is not part of the recording.
        own += len(here) if before is not None else 0
        account.add(sample_at(CLOCKS["clock"], count, 1.0, 0), round(1e9 * count / RATE_HZ), 1)
        before = count
    if came:
        counts = account.counts
        assert counts.kept + counts.lost == came[-1] - came[0] + 1
        assert counts.own_lost == own <= counts.lost
