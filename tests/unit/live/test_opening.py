"""What a session that was cut off is gone on with."""

from imu_hip.guidance.plan import KeptRepetition, Progress
from imu_hip.history.records import Mode
from imu_hip.live.opening import _complete
from imu_hip.names import Direction, Side, Task
from tests.guided_people import repetition as measured
from tests.histories import repetition

INTERNAL, EXTERNAL = Direction.INTERNAL, Direction.EXTERNAL


def done(direction, number):
    turned = measured(direction)
    return KeptRepetition(Task.SEATED, Side.LEFT, direction, False, number, True, "", turned)


def test_history_and_progress_know_the_same_repetitions_whatever_was_cut_off(history):
    anna = history.add_person("Anna")
    begun = history.begin_session(
        anna, "seated", Mode.ACTIVE, simulated=True, recording="/data/a.parquet"
    )
    for number in (1, 2):
        history.add_repetition(begun.id, repetition(number, recording="/data/a.parquet"))
    # The second inward turn is measured again; the outward turn was not kept yet.
    _complete(history, begun, Progress((done(INTERNAL, 1), done(EXTERNAL, 1))))
    kept = history.repetitions(begun.id)
    assert [(one.direction, one.number) for one in kept] == [(INTERNAL, 1), (EXTERNAL, 1)]
    # What was kept stays as it was kept.
    assert kept[0] == repetition(1, recording="/data/a.parquet")
    again = repetition(2, 41.0, recording="/data/b.parquet")
    history.add_repetition(begun.id, again)
    assert history.repetitions(begun.id)[-1] == again
