"""What the program wrote itself and a disk or a person changed: TOML, JSON, parts."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from imu_hip.bluetooth.assignment import (
    Assigned,
    Assignments,
    assignments_as_toml,
    read_assignments,
)
from imu_hip.bluetooth.drivers.dialogue import Keep
from imu_hip.bluetooth.on_sensor_session import remembered
from imu_hip.bluetooth.part_file import PartFile
from imu_hip.bluetooth.scan_attempt import ScanOutcome, _outcome
from imu_hip.bluetooth.virtual.capture2go_memory import Capture2GoMemory
from imu_hip.bluetooth.virtual.dot_memory import DotMemory
from imu_hip.bluetooth.virtual.plan import parse_plan
from imu_hip.guidance import protocol_file
from imu_hip.guidance.protocol_file import read_protocol
from imu_hip.guidance.state_json import from_json, to_json
from imu_hip.history.address import address_of
from imu_hip.names import Segment
from imu_hip.recording.formats.generic_map import read_map
from tests.faults.fuzz_seeds import ALTERNATING_MAP, SIDE_BY_SIDE_MAP
from tests.faults.fuzz_target import Target, WrongNumberError, file_named, runner
from tests.guided_people import Room, plan_for

Run = Callable[[bytes], None]


def _protocol_seeds() -> Sequence[bytes]:
    folder = Path(protocol_file.__file__).with_name("protocols")
    return [path.read_bytes() for path in sorted(folder.glob("*.toml"))]


def _assignment_seeds() -> Sequence[bytes]:
    known = {
        "D4:22": Assigned(Segment.LEFT_THIGH, "Movella DOT", "left thigh"),
        'C "2"': Assigned(Segment.PELVIS, "SensorStim Capture2Go", "é\n"),
    }
    return [assignments_as_toml(Assignments(known)).encode()]


def _session_seeds() -> Sequence[bytes]:
    sensors = [
        {
            "segment": "left_thigh",
            "serial": "A1",
            "driver": "dot",
            "model": "Movella DOT",
            "firmware": "3.0.0",
            "tag": "",
            "started_s": 0.2,
        }
    ]
    content = {
        "name": "run_1",
        "started_utc_s": 1_790_000_000,
        "sampling_rate_hz": 60.0,
        "duration_s": None,
        "sync_group": "",
        "sensors": sensors,
    }
    return [json.dumps(content).encode()]


def _part(folder: Path) -> Run:
    """Go on with a download of which the bytes are the note of what is there."""
    final = folder / "a.bin"

    def run(data: bytes) -> None:
        final.with_name("a.bin.part").write_bytes(bytes(100))
        final.with_name("a.bin.part.json").write_bytes(data)
        part = PartFile(final, 10)
        part.save([Keep(2, bytes(20), 10)])
        held = part.held
        if any(start < 0 or end <= start for start, end in held) or list(held) != sorted(held):
            raise WrongNumberError(f"pieces {held}")

    return run


def _state_seeds() -> Sequence[bytes]:
    made = []
    for name in ("seated", "stretch"):
        room = Room(plan_for(name))
        room.wait(20.0)
        made.append(to_json(room.state).encode())
    return made


def _state(data: bytes) -> None:
    from_json(data.decode("utf-8", "replace"), plan_for("seated"))


def _plan_text(data: bytes) -> None:
    parse_plan(data.decode("utf-8", "replace"))


def _sensor_memory(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for kind in (DotMemory, Capture2GoMemory):
        try:
            kind.from_json(text)
        except ValueError:
            continue


def _scan(data: bytes) -> None:
    outcome = _outcome(data, 1)
    assert isinstance(outcome, ScanOutcome)


def _address(data: bytes) -> None:
    address_of(data.decode("utf-8", "surrogateescape"))


KEPT = (
    Target(
        "protocol TOML",
        _protocol_seeds,
        file_named("own.toml", lambda path: read_protocol(str(path))),
        weight=0.7,
    ),
    Target(
        "map TOML", lambda: [SIDE_BY_SIDE_MAP, ALTERNATING_MAP], file_named("map.toml", read_map)
    ),
    Target("remembered sensors", _assignment_seeds, file_named("sensors.toml", read_assignments)),
    Target(
        "remembered recordings",
        _session_seeds,
        file_named("run_1.json", lambda path: remembered(path.parent)),
    ),
    Target("part of a download", lambda: [b'{"unit_bytes": 10, "held": [[0, 2], [5, 7]]}'], _part),
    Target("session state", _state_seeds, runner(_state), weight=0.5),
    Target(
        "address of a history",
        lambda: [b"postgresql://kim:secret@host:5432/name?sslmode=require", b"history.sqlite"],
        runner(_address),
    ),
    Target(
        "plan of virtual sensors",
        lambda: [b"dot,play=walk,interval_ms=15,lost=0.01,drift_ppm=20", b"open,play=guided"],
        runner(_plan_text),
    ),
    Target(
        "memory of virtual sensors",
        lambda: [DotMemory(2**20).to_json().encode(), Capture2GoMemory(2**20).to_json().encode()],
        runner(_sensor_memory),
    ),
    Target(
        "outcome of a scan",
        lambda: [
            b'{"devices": 3, "what": "", "advice": "", "radios": [{"name": "a", "on": true}]}'
        ],
        runner(_scan),
    ),
)
