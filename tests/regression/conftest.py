"""Short ways to simulated sessions and their analyses."""

from dataclasses import replace

import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.names import MarkerLabel, Segment
from imu_hip.recording.cutting import samples_of


def _swapped(recording):
    """The same recording with the sensors of the left leg named right and the other way round."""
    other = {
        Segment.LEFT_THIGH: Segment.RIGHT_THIGH,
        Segment.RIGHT_THIGH: Segment.LEFT_THIGH,
        Segment.LEFT_SHIN: Segment.RIGHT_SHIN,
        Segment.RIGHT_SHIN: Segment.LEFT_SHIN,
    }
    streams = {
        other.get(segment, segment): replace(stream, segment=other.get(segment, segment))
        for segment, stream in recording.streams.items()
    }
    return replace(recording, streams=streams)


def _with_segments(recording, *segments):
    return replace(recording, streams={s: recording.streams[s] for s in segments})


def _silent(recording, segment, start_s, end_s):
    """The same recording with one sensor silent from `start_s` to `end_s`."""
    stream = recording.streams[segment]
    kept = (stream.time_s < start_s) | (stream.time_s > end_s)
    return replace(recording, streams={**recording.streams, segment: samples_of(stream, kept)})


def _without_labels(recording, *labels):
    markers = tuple(m for m in recording.markers if m.label not in {MarkerLabel(x) for x in labels})
    return replace(recording, markers=markers)


@pytest.fixture(scope="session")
def swapped():
    return _swapped


@pytest.fixture(scope="session")
def with_segments():
    return _with_segments


@pytest.fixture(scope="session")
def silent():
    return _silent


@pytest.fixture(scope="session")
def without_labels():
    return _without_labels


@pytest.fixture(scope="session")
def tests_of():
    """Analyse a recording: its results by side."""

    def by_side(recording, **options):
        return {result.side: result for result in analyze(recording, **options).results}

    return by_side
