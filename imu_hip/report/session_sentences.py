"""The result of a guided session in sentences, the most telling first."""

from collections.abc import Sequence

from imu_hip.history.records import Moment, ResultRecord
from imu_hip.measures.comparison import SideDifference, compare_legs
from imu_hip.measures.measured_range import ARC, MeasuredRange
from imu_hip.measures.own_error import NO_OWN_ERRORS, OwnErrors
from imu_hip.measures.repeated import Change, changes_between_days, changes_on_one_day
from imu_hip.names import Side, Task
from imu_hip.report.from_history import legs_at, ranges_at
from imu_hip.report.repeated_sentences import AFTER, BEFORE, LAST_TIME, WARM_UP, change_sentences
from imu_hip.report.sentences import comparison_sentence, headline
from imu_hip.report.wording import TEST_NAME


def result_sentences(
    results: Sequence[ResultRecord],
    last: Sequence[ResultRecord] = (),
    own: OwnErrors = NO_OWN_ERRORS,
) -> tuple[str, ...]:
    """Left against right, each leg, before and after a stretch, and against last time.

    Parameters
    ----------
    results
        Those of the session; a retest is compared with the test before it.
    last
        The same person's last results in the same mode, from an earlier session.
    own
        Own errors between days that hold for the person.
    """
    measured = {result.moment for result in results}
    # A stretch may end with the only test of its session.
    moment = Moment.RETEST if measured == {Moment.RETEST} else Moment.TEST
    tests = legs_at(moment, results)
    # Names of the tests are needed only where there are several.
    several = len(tests) > 1
    found: list[str] = []
    for task, legs in tests.items():
        told = [comparison_sentence(d) for d in spoken(differences_of(task, results, moment))]
        told += [headline(test) for test in legs.values()]
        found += _named(task, told) if several else told
    found += before_after_sentences(results)
    for task in tests:
        changes = changes_since(task, results, last, moment, own)
        told = list(change_sentences(changes, LAST_TIME))
        found += _named(task, told) if several else told
    return (*found, WARM_UP) if moment is Moment.RETEST else tuple(found)


def _named(task: Task, sentences: Sequence[str]) -> list[str]:
    return [f"{TEST_NAME[task]}: {sentence}" for sentence in sentences]


def before_after_sentences(results: Sequence[ResultRecord]) -> tuple[str, ...]:
    """The retest against the test of one session, with what a warm muscle does to it."""
    changes = before_after(results)
    if not changes:
        return ()
    return (*change_sentences(changes, BEFORE, AFTER), WARM_UP)


def before_after(results: Sequence[ResultRecord]) -> tuple[Change, ...]:
    """Changes from the test to the retest of one session."""
    test, retest = (ranges_at(moment, results) for moment in (Moment.TEST, Moment.RETEST))
    return changes_on_one_day(test, retest)


def differences_of(
    task: Task, results: Sequence[ResultRecord], moment: Moment = Moment.TEST
) -> tuple[SideDifference, ...]:
    """Left against right in one test of a session."""
    ranges = _ranges(task, results, moment)
    left, right = ([one for one in ranges if one.side is side] for side in Side)
    return compare_legs(left, right)


def spoken(differences: Sequence[SideDifference]) -> list[SideDifference]:
    """What is said in sentences: single measures, not their sum."""
    return [difference for difference in differences if difference.measure != ARC]


def changes_since(
    task: Task,
    results: Sequence[ResultRecord],
    last: Sequence[ResultRecord],
    moment: Moment = Moment.TEST,
    own: OwnErrors = NO_OWN_ERRORS,
) -> tuple[Change, ...]:
    """Changes of one test since the test of an earlier session."""
    then, now = _ranges(task, last, Moment.TEST), _ranges(task, results, moment)
    return changes_between_days(then, now, own)


def _ranges(task: Task, results: Sequence[ResultRecord], moment: Moment) -> list[MeasuredRange]:
    return [one for one in ranges_at(moment, results) if one.task is task]
