"""What a comparison of two results says, in sentences."""

from collections.abc import Sequence
from typing import Final

from imu_hip.history.records import Moment
from imu_hip.measures.comparison import SideDifference
from imu_hip.measures.repeated import Change
from imu_hip.names import Task
from imu_hip.report.comparands import Comparand, of_two_legs
from imu_hip.report.dates import day_words
from imu_hip.report.repeated_sentences import AFTER, BEFORE, WARM_UP, Occasion, change_sentences
from imu_hip.report.sentences import comparison_sentence
from imu_hip.report.wording import TEST_NAME

NO_DAY: Final = (
    "When a recording was made is not known, so the error between two days is taken, which is "
    "the larger one."
)
NO_MODE: Final = (
    "Who moved the leg in a recording is not known; compare only what was done the same way."
)


def leg_sentences(differences: Sequence[SideDifference]) -> tuple[str, ...]:
    """Left against right, measure by measure."""
    told = [(difference.task, comparison_sentence(difference)) for difference in differences]
    return _naming_tasks(told)


def time_sentences(
    changes: Sequence[Change], earlier: Comparand, later: Comparand
) -> tuple[str, ...]:
    """One leg or both on two occasions."""
    when, now = _occasions(earlier, later)
    tasks = dict.fromkeys(change.task for change in changes)
    return _naming_tasks(
        [
            (task, sentence)
            for task in tasks
            for sentence in change_sentences([c for c in changes if c.task is task], when, now)
        ]
    )


def notes_on(first: Comparand, second: Comparand) -> tuple[str, ...]:
    """What to keep in mind: what is not known, warm muscle, versions."""
    found = []
    if not of_two_legs(first, second):
        if first.day is None or second.day is None:
            found.append(NO_DAY)
        if first.mode is None or second.mode is None:
            found.append(NO_MODE)
        if Moment.RETEST in {first.moment, second.moment}:
            found.append(WARM_UP)
    if first.version and second.version and first.version != second.version:
        found.append(
            f"Measured with different versions of imu_hip: {first.version} and {second.version}."
        )
    return tuple(found)


def _occasions(earlier: Comparand, later: Comparand) -> tuple[Occasion, Occasion]:
    if earlier.source == later.source and earlier.moment is not later.moment:
        return BEFORE, AFTER
    if earlier.day and later.day and earlier.day != later.day:
        first, second = day_words(earlier.day), day_words(later.day)
        return Occasion(f"on {first}", first), Occasion(f"on {second}", second)
    first, second = earlier.source, later.source
    return Occasion(f"in {first}", first), Occasion(f"in {second}", second)


def _naming_tasks(told: Sequence[tuple[Task, str]]) -> tuple[str, ...]:
    """The sentences, led by their test where there are several."""
    several = len({task for task, _ in told}) > 1
    return tuple(f"{TEST_NAME[task]}: {words}" if several else words for task, words in told)
