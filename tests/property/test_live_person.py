"""A live person is the same however its sensors are asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imu_hip.names import Direction, Doing, Segment, Side
from imu_hip.simulation.live_body import CHUNK_ROWS, RATE_HZ
from imu_hip.simulation.live_person import LivePerson

END_S = 12.0
BORDER_S = CHUNK_ROWS / RATE_HZ

requests = st.lists(
    st.tuples(
        st.floats(0.0, END_S - 1.0),
        st.sampled_from(Doing),
        st.sampled_from(Side),
        st.sampled_from(Direction),
    ),
    max_size=6,
).map(lambda asked: sorted(asked, key=lambda one: one[0]))
sample_times = st.lists(
    st.one_of(
        st.floats(0.0, END_S),
        # At, just before and just after where one chunk ends and the next begins.
        st.builds(
            lambda number, aside_s: max(number * BORDER_S + aside_s, 0.0),
            st.integers(0, int(END_S / BORDER_S) - 1),
            st.sampled_from((-1e-6, 0.0, 1e-6)),
        ),
    ),
    min_size=1,
    max_size=40,
).map(sorted)


def felt_by(asked, times_s, segment, cuts):
    """What a sensor feels when asked for a few times at once, and only for what has passed."""
    person = LivePerson(seed=4)
    waiting = list(asked)
    parts = []
    for part in np.split(np.array(times_s), cuts):
        while waiting and len(part) and waiting[0][0] <= part[0]:
            at_s, *request = waiting.pop(0)
            person.ask(*request, at_s=at_s)
        # What is asked in the middle of a part takes effect after its reaction time.
        late = [one for one in waiting if len(part) and one[0] <= part[-1]]
        if late:
            head, tail = part[part < late[0][0]], part[part >= late[0][0]]
            parts.append(person.movement(segment).at(head))
            for at_s, *request in late:
                person.ask(*request, at_s=at_s)
                waiting.pop(0)
            part = tail  # noqa: PLW2901
        parts.append(person.movement(segment).at(part))
    return np.concatenate([np.hstack((f.q_earth_sensor, f.acc_mps2, f.gyr_dps)) for f in parts])


@settings(max_examples=25, deadline=None)
@given(requests, sample_times, st.sampled_from(Segment), st.data())
def test_any_split_of_the_times_gives_the_same_values(asked, times_s, segment, data):
    cuts = data.draw(st.lists(st.integers(0, len(times_s)), max_size=5).map(sorted))
    one_by_one = felt_by(asked, times_s, segment, range(1, len(times_s)))
    in_parts = felt_by(asked, times_s, segment, cuts)
    np.testing.assert_allclose(in_parts, one_by_one, rtol=0.0, atol=1e-9)
    # Nor was anything felt that a later request took back: with all known before, it is the same.
    known = LivePerson(seed=4)
    for at_s, *request in asked:
        known.ask(*request, at_s=at_s)
    felt = known.movement(segment).at(np.array(times_s))
    foreseen = np.hstack((felt.q_earth_sensor, felt.acc_mps2, felt.gyr_dps))
    np.testing.assert_allclose(foreseen, one_by_one, rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(requests, st.integers(1, int(END_S / BORDER_S) - 1), st.sampled_from(Segment))
def test_nothing_jumps_where_a_chunk_ends(asked, number, segment):
    person = LivePerson(seed=4)
    for at_s, *request in asked:
        person.ask(*request, at_s=at_s)
    border_s = number * BORDER_S
    before, after = (
        person.movement(segment).at(np.array([border_s + aside_s])) for aside_s in (-1e-9, 1e-9)
    )
    assert before.q_earth_sensor == pytest.approx(after.q_earth_sensor, abs=1e-6)
    assert before.acc_mps2 == pytest.approx(after.acc_mps2, abs=1e-5)
    assert before.gyr_dps == pytest.approx(after.gyr_dps, abs=1e-4)
