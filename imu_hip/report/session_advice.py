"""What to do after a test: how far each hip is from the target, the stretch, and the retest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.guidance.dose import dose_sentences
from imu_hip.guidance.restriction import restricted_side
from imu_hip.history.records import Moment, ResultRecord
from imu_hip.measures.between_days import between_days_error
from imu_hip.measures.deficit import TARGET_DEG, deficit_deg
from imu_hip.measures.measured_range import ARC
from imu_hip.measures.own_error import NO_OWN_ERRORS, OwnError, OwnErrors
from imu_hip.measures.repeated import Apart
from imu_hip.names import FOOT, TURN, Direction, Side, Task
from imu_hip.report.from_history import ranges_at, result_views
from imu_hip.report.own_error_words import error_phrase
from imu_hip.report.wording import TEST_NAME, degrees, give_or_take

BETWEEN_DAYS: Final = "From one day to another only more than 9° can be told from chance."


@dataclass(frozen=True, slots=True)
class Advice:
    """How far each hip is from the target, and what to do; both empty without results."""

    deficits: tuple[str, ...]
    dose: tuple[str, ...]


def advice_for(results: Sequence[ResultRecord], own: OwnErrors = NO_OWN_ERRORS) -> Advice:
    """What the results of a session suggest: those of its test, or of its retest alone."""
    test = [result for result in results if result.moment is Moment.TEST] or list(results)
    if not test:
        return Advice((), ())
    dose = dose_sentences(restricted_side(result_views(test)))
    return Advice(_deficits(test), (*dose, _between_days(test, own)))


def held_against_other_days(
    results: Sequence[ResultRecord], own: OwnErrors
) -> list[tuple[float, OwnError | None]]:
    """For each result what a change to another day must exceed, and the own error behind that."""
    ranges = [one for moment in Moment for one in ranges_at(moment, results)]
    return [between_days_error(one, one, own) for one in ranges]


def _between_days(results: Sequence[ResultRecord], own: OwnErrors) -> str:
    single = [result for result in results if result.measure != ARC]
    held = held_against_other_days(single, own)
    if not any(source for _, source in held):
        return BETWEEN_DAYS
    low, high = (degrees(pick(error_deg for error_deg, _ in held)) for pick in (min, max))
    error = low if low == high else f"{low} to {high}"
    words = error_phrase(error, Apart.DAYS, [source for _, source in held])
    return f"From one day to another only more than the {words}, can be told from chance."


def _deficits(results: Sequence[ResultRecord]) -> tuple[str, ...]:
    tasks = [task for task in Task if any(result.task is task for result in results)]
    turned = [task for task in tasks if task is not Task.CROSS_LEGGED]
    found = []
    for task in turned:
        for side in Side:
            of_leg = {r.measure: r for r in results if r.task is task and r.side is side}
            told = [_against(d, of_leg[d]) for d in Direction if d in of_leg]
            if told:
                name = f"{TEST_NAME[task]}: your" if len(turned) > 1 else "Your"
                found.append(f"{name} {side} hip {' and '.join(told)}.")
    return tuple(found)


def _against(direction: Direction, result: ResultRecord) -> str:
    missing_deg = deficit_deg(result.value_deg)
    turn = f"turning {TURN[direction]} ({FOOT[direction]})"
    if round(missing_deg) == 0:
        return f"reaches the target of {degrees(TARGET_DEG)} {turn}"
    error = give_or_take(result.sem_deg)
    return f"is {degrees(missing_deg)} {error} below the target of {degrees(TARGET_DEG)} {turn}"
