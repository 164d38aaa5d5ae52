"""What can be read must also be measured, or refused: recordings with a few wrong samples."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from imu_hip.analysis.analyze import analyze
from imu_hip.errors import ImuHipError
from imu_hip.names import Segment
from imu_hip.recording.recording import Recording, SensorStream
from imu_hip.report.json_document import to_document
from imu_hip.simulation import simulate_static_session
from imu_hip.simulation.gait import simulate_run
from tests.faults.fuzz_target import Target

FIELDS = ("time_s", "acc_mps2", "gyr_dps")


@cache
def _whole(kind: str) -> Recording:
    if kind == "run":
        return simulate_run(sampling_rate_hz=50.0).recording
    return simulate_static_session(sampling_rate_hz=25.0).recording


def _seeds() -> Sequence[bytes]:
    """Changes to a recording: a value put at a place, a span scaled, left out or held."""
    changes = [
        {"segment": "left_thigh", "field": "acc_mps2", "from": 0.2, "to": 0.21, "put": 0.0},
        {"segment": "left_shin", "field": "gyr_dps", "from": 0.5, "to": 0.6, "times": 2.0},
        {"segment": "right_thigh", "field": "time_s", "from": 0.7, "to": 0.75, "leave": True},
        {"segment": "right_shin", "field": "time_s", "from": 0.9, "to": 1.0, "plus": 100.0},
    ]
    return [
        json.dumps({"kind": kind, "changes": [change]}).encode()
        for kind in ("static", "run")
        for change in changes
    ]


def _changed(recording: Recording, changes: Sequence[dict]) -> Recording:
    streams = dict(recording.streams)
    for change in changes:
        segment = Segment(change["segment"])
        stream = streams[segment]
        values = {name: getattr(stream, name).copy() for name in FIELDS}
        count = len(stream.time_s)
        part = slice(int(change["from"] * count), int(change["to"] * count))
        field = values[change["field"]]
        field[part] = field[part] * change.get("times", 1.0) + change.get("plus", 0.0)
        if "put" in change:
            field[part] = change["put"]
        if change.get("leave"):
            kept = np.ones(count, bool)
            kept[part] = False
            values = {name: value[kept] for name, value in values.items()}
        streams[segment] = SensorStream(
            segment, values["time_s"], stream.sampling_rate_hz, None, values["acc_mps2"],
            values["gyr_dps"],
        )  # fmt: skip
    return Recording(streams, markers=recording.markers)


def _analysed(_: Path) -> Callable[[bytes], None]:
    for kind in ("static", "run"):
        analyze(_whole(kind))

    def run(data: bytes) -> None:
        try:
            asked = json.loads(data)
            with np.errstate(all="ignore"):
                recording = _changed(_whole(asked["kind"]), asked["changes"])
        except ImuHipError:
            raise
        except Exception:  # the changes themselves make no sense
            return
        json.dumps(to_document(analyze(recording)), allow_nan=False)

    return run


ANALYSIS = (Target("analysis", _seeds, _analysed, weight=0.1),)
