"""What sensors answer to everything that a driver asks."""

from collections.abc import Callable, Generator, Sequence
from itertools import count

from imu_hip.bluetooth.drivers.dialogue import (
    Dialogue,
    DialogueError,
    Expect,
    Keep,
    Read,
    RefusedError,
)
from imu_hip.bluetooth.drivers.driver import Driver
from imu_hip.bluetooth.drivers.on_sensor import RecordingPlan, StoredFile, SyncGroup
from imu_hip.bluetooth.drivers.registry import DRIVERS
from imu_hip.errors import ImuHipError
from tests.dialogues import Conversation
from tests.faults.fuzz_sensors import (
    LONGEST,
    REFUSED,
    SILENT,
    UTC_S,
    chunk,
    chunks,
    recorded,
    recorded_rate_hz,
    settings,
    talk,
)
from tests.faults.fuzz_target import Target, WrongNumberError

PLAN = RecordingPlan(60.0, UTC_S, None, "run_1")
MOST_REQUESTS = 20_000
"""More than any dialogue needs with a sensor that has fallen silent."""


def _questions(driver: Driver) -> list[Callable[[], Dialogue[object]]]:
    """Everything that a sensor of a kind is asked."""
    wanted = [settings(driver, mode) for mode in driver.modes]
    asked: list[Callable[[], Dialogue[object]]] = [
        driver.identify,
        driver.battery,
        driver.light,
        driver.reset_heading,
        driver.stop,
        *(lambda one=one: driver.start(one) for one in wanted),
        *(lambda one=one: driver.resume(one) for one in wanted),
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
            lambda: recorder.prepare(recorded_rate_hz(driver)),
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
            sensor = talk(driver) if driver.recorder is None else recorded(driver)[0]
            made.append(bytes([place]) + b"".join(_answers(sensor, ask())))
        return made

    return seeds


def _answers(sensor: Conversation, dialogue: Dialogue[object]) -> list[bytes]:
    """The answers in a dialogue with a virtual sensor, however it ends."""
    answers: list[bytes] = []
    usual = sensor._answer

    def noted(request):
        answer = usual(request)
        if isinstance(request, Read | Expect) and len(answers) < 60:
            fits = answer is not None and len(answer) <= LONGEST
            answers.append(chunk(answer if fits else SILENT))
        return answer

    sensor._answer = noted
    try:
        sensor.run(dialogue)
    except DialogueError:
        pass
    finally:
        sensor._answer = usual
    return answers


def _question(driver: Driver) -> Callable[[bytes], None]:
    """Ask a sensor that answers with the bytes, then with nothing more."""
    asked = _questions(driver)

    def run(data: bytes) -> None:
        dialogue = asked[data[0] % len(asked) if data else 0]()
        _held(dialogue, chunks(data[1:]))

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


ANSWERS = tuple(
    Target(
        f"{driver.name} answers",
        _question_seeds(driver),
        lambda _, driver=driver: _question(driver),
        (ImuHipError, DialogueError),
        (driver.name,),
        1.5,
    )
    for driver in DRIVERS
)
