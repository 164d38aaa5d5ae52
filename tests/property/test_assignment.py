"""The file of remembered sensors: what is written is read back, what is cut off is named."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imu_hip.bluetooth.assignment import (
    Assigned,
    Assignments,
    assignments_as_toml,
    parse_assignments,
)
from imu_hip.names import Segment

# On a new machine the first draw builds hypothesis' table of all characters, which is slow.
PATIENT = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
TEXT = st.text(max_size=12) | st.text(alphabet="\"\\\r\n\t\0\x7f\x85\u2028#[]=.'", max_size=6)


@st.composite
def assignments(draw):
    segments = draw(st.lists(st.sampled_from(Segment), unique=True))
    serials = draw(
        st.lists(TEXT.filter(bool), unique=True, min_size=len(segments), max_size=len(segments))
    )
    return Assignments(
        {
            serial: Assigned(segment, draw(TEXT), draw(TEXT))
            for serial, segment in zip(serials, segments, strict=True)
        }
    )


@PATIENT
@given(assignments())
def test_assignments_survive_their_file(original):
    assert parse_assignments(assignments_as_toml(original)) == original


@PATIENT
@given(assignments(), st.data())
def test_a_file_cut_off_anywhere_is_read_or_named_with_a_line(original, data):
    text = assignments_as_toml(original)
    cut = text[: data.draw(st.integers(0, len(text)))]
    try:
        kept, complaint = parse_assignments(cut), "line "
    except ValueError as error:
        kept, complaint = Assignments(), str(error)
    assert complaint.startswith("line ")
    assert set(kept.sensors) <= set(original.sensors)


@PATIENT
@given(assignments(), st.lists(st.tuples(TEXT.filter(bool), st.sampled_from(Segment)), max_size=8))
def test_a_segment_never_has_two_sensors(start, placements):
    now = start
    for serial, segment in placements:
        now = now.set(serial, Assigned(segment))
        assert now.segment_of(serial) is segment
        on = [assigned.segment for assigned in now.sensors.values()]
        assert len(on) == len(set(on))
