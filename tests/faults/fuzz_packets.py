"""What sensors send: notifications of a stream, files of their memory, and answers to questions."""

import math
from collections.abc import Callable, Generator, Sequence
from itertools import count

import numpy as np

from imu_hip.bluetooth.downloaded import one_recording, read_stored
from imu_hip.bluetooth.drivers.dialogue import (
    Dialogue,
    DialogueError,
    Expect,
    Keep,
    Read,
    RefusedError,
)
from imu_hip.bluetooth.drivers.driver import Advertised, Driver, StreamSettings
from imu_hip.bluetooth.drivers.on_sensor import RecordingPlan, StoredFile, SyncGroup
from imu_hip.bluetooth.drivers.registry import DRIVERS, recognise
from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.bluetooth.on_sensor_session import OnSensorSession, SessionSensor
from imu_hip.bluetooth.virtual.profiles import Neighbourhood, make_profile
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.errors import ImuHipError
from imu_hip.names import Segment
from imu_hip.simulation.felt import Felt
from tests.dialogues import Conversation
from tests.faults.fuzz_target import Target, WrongNumberError, require_possible, runner

UTC_S = 1_790_000_000
PLAN = RecordingPlan(60.0, UTC_S, None, "run_1")
REFUSED, SILENT, LONGEST = 255, 254, 253
"""Lengths that mean no bytes: a refusal, or nothing in time."""

MOST_REQUESTS = 20_000
"""More than any dialogue needs with a sensor that has fallen silent."""


class _Still:
    """A sensor that lies on a table."""

    def at(self, time_s: np.ndarray) -> Felt:
        n = len(time_s)
        return Felt(
            np.tile([1.0, 0.0, 0.0, 0.0], (n, 1)),
            np.tile([0.0, 0.0, 9.8], (n, 1)),
            np.zeros((n, 3)),
        )


def _talk(driver: Driver) -> Conversation:
    settings = VirtualSensorSettings("A1B2C3", tag="left_thigh")
    profile = make_profile(driver.name, settings, _Still(), UTC_S, neighbourhood=Neighbourhood())
    return Conversation(profile, now_s=UTC_S)


def _rate_hz(driver: Driver) -> float:
    return next(rate for rate in driver.sampling_rates_hz if rate >= 50.0)


def _settings(driver: Driver, mode: str) -> StreamSettings:
    return StreamSettings(_rate_hz(driver), mode)


def _chunks(data: bytes) -> Generator[int | bytes, None, None]:
    """Pieces of an input, each led by its length; an `int` says why there are no bytes."""
    at = 0
    while at < len(data):
        size = data[at]
        if size > LONGEST:
            yield size
            at += 1
        else:
            yield data[at + 1 : at + 1 + size]
            at += 1 + size


def _chunk(value: bytes | int) -> bytes:
    return bytes([value]) if isinstance(value, int) else bytes([len(value)]) + value


def _stream_seeds(driver: Driver) -> Callable[[], Sequence[bytes]]:
    """Half a second of notifications in each mode, which is the first byte."""

    def seeds() -> Sequence[bytes]:
        made = []
        for place, mode in enumerate(driver.modes):
            talk = _talk(driver)
            talk.run(driver.start(_settings(driver, mode)))
            heard = talk.listen_until(talk.now_s + 0.5)
            uuids = driver.stream_characteristics(_settings(driver, mode))
            values = [note.value for note in heard if note.uuid in uuids and len(note.value) < 250]
            made.append(bytes([place]) + b"".join(map(_chunk, values[:12])))
        return made

    return seeds


def _stream(driver: Driver) -> Callable[[bytes], None]:
    """Decode notifications; nothing of it may raise, and no sample may be impossible."""
    modes = list(driver.modes)

    def run(data: bytes) -> None:
        settings = _settings(driver, modes[data[0] % len(modes) if data else 0])
        decoder = driver.decoder(settings)
        uuids = driver.stream_characteristics(settings)
        for value in _chunks(data[1:]):
            if isinstance(value, bytes):
                _require_samples(decoder.feed(uuids[0], value))

    return run


def _require_samples(items: Sequence[Sample | Skipped]) -> None:
    for item in items:
        if isinstance(item, Skipped):
            continue
        for vector, limit in (
            (item.q_earth_sensor, 1.02),
            (item.acc_mps2, 1000.0),
            (item.gyr_dps, 10_000.0),
            (item.mag_au, 1e6),
        ):
            if vector is not None and not all(abs(value) <= limit for value in vector):
                raise WrongNumberError(f"a sample of {vector}")
        q = item.q_earth_sensor
        if q is not None and abs(math.hypot(*q) - 1.0) > 0.02:
            raise WrongNumberError(f"an orientation {q}")


def _stored_seeds(driver: Driver) -> Callable[[], Sequence[bytes]]:
    def seeds() -> Sequence[bytes]:
        return [_recorded(driver)[1]]

    return seeds


def _recorded(driver: Driver) -> tuple[Conversation, bytes]:
    """A sensor that has recorded two seconds, and its file."""
    recorder, talk = driver.recorder, _talk(driver)
    assert recorder is not None
    plan = RecordingPlan(_recorded_rate_hz(driver), UTC_S, None, "run_1")
    talk.run(recorder.start(plan))
    talk.listen_until(talk.now_s + 2.0)
    talk.run(recorder.stop())
    (file,) = talk.run(recorder.list())
    talk.run(recorder.download(file, ()))
    data = bytearray(max(keep.end * keep.unit_bytes for keep in talk.kept))
    for keep in talk.kept:
        data[keep.start * keep.unit_bytes : keep.end * keep.unit_bytes] = keep.data
    return talk, bytes(data)


def _recorded_rate_hz(driver: Driver) -> float:
    assert driver.recorder is not None
    return next(r for r in driver.recorder.capabilities.sampling_rates_hz if r >= 50.0)


def _stored(driver: Driver) -> Callable[[bytes], None]:
    """Read a file of a sensor's memory into a recording."""
    sensor = SessionSensor(Segment.LEFT_THIGH, "A1", driver.name)
    session = OnSensorSession("run_1", UTC_S, _recorded_rate_hz(driver), None, "", (sensor,))

    def run(data: bytes) -> None:
        assert driver.recorder is not None
        _require_samples(driver.recorder.samples(data))
        stored = read_stored(sensor, driver, data)
        require_possible(one_recording(session, [stored], {driver.name: driver}))

    return run


def _questions(driver: Driver) -> list[Callable[[], Dialogue[object]]]:
    """Everything that a sensor of a kind is asked."""
    settings = [_settings(driver, mode) for mode in driver.modes]
    asked: list[Callable[[], Dialogue[object]]] = [
        driver.identify,
        driver.battery,
        driver.light,
        driver.reset_heading,
        driver.stop,
        *(lambda one=one: driver.start(one) for one in settings),
        *(lambda one=one: driver.resume(one) for one in settings),
    ]
    if driver.recorder is not None:
        recorder = driver.recorder
        file = StoredFile(
            "1" if not recorder.capabilities.names_files else "run_1", None, None, None
        )
        asked += [
            recorder.status,
            recorder.list,
            recorder.stop,
            lambda: recorder.prepare(_recorded_rate_hz(driver)),
            lambda: recorder.start(PLAN),
            lambda: recorder.download(file, ()),
            lambda: recorder.download(file, ((0, 3), (7, 9))),
            lambda: recorder.erase(None),
            lambda: recorder.erase(file),
        ]
    if driver.sync is not None:
        sync = driver.sync
        asked += [
            lambda: sync.start(SyncGroup("A1B2C3", 7), "A1B2C3"),
            sync.result,
            sync.is_synchronised,
            sync.stop,
        ]
    return asked


def _question_seeds(driver: Driver) -> Callable[[], Sequence[bytes]]:
    """What a virtual sensor answers to each question; the question is the first byte."""

    def seeds() -> Sequence[bytes]:
        made = []
        for place, ask in enumerate(_questions(driver)):
            talk = _talk(driver) if driver.recorder is None else _recorded(driver)[0]
            made.append(bytes([place]) + b"".join(_answers(talk, ask())))
        return made

    return seeds


def _answers(talk: Conversation, dialogue: Dialogue[object]) -> list[bytes]:
    """The answers in a dialogue with a virtual sensor, however it ends."""
    answers: list[bytes] = []
    usual = talk._answer

    def noted(request):
        answer = usual(request)
        if isinstance(request, Read | Expect) and len(answers) < 60:
            fits = answer is not None and len(answer) <= LONGEST
            answers.append(_chunk(answer if fits else SILENT))
        return answer

    talk._answer = noted
    try:
        talk.run(dialogue)
    except DialogueError:
        pass
    finally:
        talk._answer = usual
    return answers


def _question(driver: Driver) -> Callable[[bytes], None]:
    """Ask a sensor that answers with the bytes, then with nothing more."""
    asked = _questions(driver)

    def run(data: bytes) -> None:
        dialogue = asked[data[0] % len(asked) if data else 0]()
        _held(dialogue, _chunks(data[1:]))

    return run


def _held(dialogue: Dialogue[object], answers: Generator[int | bytes, None, None]) -> None:
    numbers = count(1)
    request = next(dialogue, None)
    while request is not None:
        if next(numbers) > MOST_REQUESTS:
            raise WrongNumberError("a dialogue does not end although the sensor is silent")
        if isinstance(request, Keep):
            _require_kept(request)
        try:
            value = next(answers, SILENT) if isinstance(request, Read | Expect) else b""
            if value == REFUSED:
                request = dialogue.throw(RefusedError("not now"))
            elif value == SILENT:
                request = dialogue.send(b"" if isinstance(request, Read) else None)
            else:
                request = dialogue.send(value)
        except StopIteration:
            return


def _require_kept(piece: Keep) -> None:
    if piece.start < 0 or len(piece.data) % piece.unit_bytes or piece.start > 2**32:
        raise WrongNumberError(f"a piece at {piece.start} of {len(piece.data)} bytes")


def _advertised(data: bytes) -> None:
    """Look at an advertisement: a name and manufacturer data as any device may send them."""
    name, _, rest = data.partition(b"\x00")
    services = frozenset(part.decode("latin-1") for part in rest[2:].split(b"\x00"))
    number = int.from_bytes(rest[:2], "little")
    driver = recognise(Advertised(name.decode("utf-8", "replace"), {number: rest[2:]}, services))
    assert driver is None or driver in DRIVERS


def _of(driver: Driver) -> tuple[Target, ...]:
    refusals = (ImuHipError, DialogueError)
    covers = (driver.name,)
    stream = Target(
        f"{driver.name} stream", _stream_seeds(driver), runner(_stream(driver)), (), covers, 1.5
    )
    asked = Target(
        f"{driver.name} answers",
        _question_seeds(driver),
        lambda _: _question(driver),
        refusals,
        covers,
        1.5,
    )
    if driver.recorder is None:
        return (stream, asked)
    stored = Target(
        f"{driver.name} stored file",
        _stored_seeds(driver),
        runner(_stored(driver)),
        (ImuHipError,),
        covers,
    )
    return (stream, asked, stored)


PACKETS = (
    *(target for driver in DRIVERS for target in _of(driver)),
    Target(
        "advertisements",
        lambda: [
            b"Movella DOT\x00\x86\x08abc",
            b"IMU_A1B2C3\x00\x00\x00",
            b"WT901BLE\x00\x01\x02x",
        ],
        runner(_advertised),
        (),
        tuple(driver.name for driver in DRIVERS),
    ),
)
