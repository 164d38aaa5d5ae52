"""What a cohort says, in sentences."""

from collections.abc import Iterator

import numpy as np

from imu_hip.measures.agreement import Interval
from imu_hip.measures.group_means import FEWEST, difference_of_means, mean_of
from imu_hip.report.cohort_numbers import NOT_GIVEN, CohortNumbers, GroupValues, MeasureValues
from imu_hip.report.cohort_wording import (
    MAIN_MEASURES,
    mean_words,
    people_words,
    recordings_words,
    short_words_of,
)
from imu_hip.report.gait_wording import interval
from imu_hip.report.wording import capital, degrees, known


def headline(numbers: CohortNumbers, recordings: int, failed: int) -> str:
    """What was measured in all."""
    if not numbers.recordings:
        return f"None of {recordings_words(recordings)} could be measured."
    lost = f"; {failed} of {recordings} could not be measured" if failed else ""
    return (
        f"{people_words(numbers.people)} in {recordings_words(numbers.recordings)} "
        f"{'was' if numbers.people == 1 else 'were'} measured{lost}."
    )


def task_sentences(measures: tuple[MeasureValues, ...], numbers: CohortNumbers) -> tuple[str, ...]:
    """Means of the main measures, groups against each other, left against right."""
    found: list[str] = []
    for values in measures:
        if values.measure not in MAIN_MEASURES[values.task]:
            continue
        found.extend(_means(values))
        # People of whom nothing is known are no group that could differ from another.
        named = [group for group in values.groups if group.group != NOT_GIVEN]
        if len(named) == 2:
            found.extend(_groups_compared(*named, apart=numbers.apart))
        found.extend(_sides(values, apart=numbers.apart))
    # Why groups are not compared holds for all measures.
    return tuple(dict.fromkeys(found))


def _means(values: MeasureValues) -> Iterator[str]:
    told = [(g, mean_of(g.both)) for g in values.groups if len(g.both)]
    if not told:
        return
    words = capital(short_words_of(values.measure))
    parts = [
        f"{f'{g.group}: ' if g.group else ''}{mean_words(values.measure, mean)}, "
        f"{people_words(len(g.both))}"
        for g, mean in told
    ]
    average = "" if len(told) == 1 and len(told[0][0].both) == 1 else ", mean of both sides"
    yield f"{words}{average}: {'; '.join(parts)}."


def _groups_compared(first: GroupValues, second: GroupValues, *, apart: bool) -> Iterator[str]:
    if not apart:
        yield "Some people are in more than one group, so the groups are not compared."
        return
    if min(len(first.both), len(second.both)) < FEWEST:
        yield f"A group has fewer than {FEWEST} people, too few to compare the groups."
        return
    found = difference_of_means(second.both, first.both)
    yield _group_words(first, second, found)


def _group_words(first: GroupValues, second: GroupValues, found: Interval) -> str:
    # Many people leave so little open that whole degrees would tell none of it.
    digits = 0 if round(found.low) != round(found.high) else 1
    ends = interval(degrees(found.low, digits), degrees(found.high, digits))
    open_still = f"95 % interval {ends}"
    if found.low <= 0.0 <= found.high:
        return f"{second.group} and {first.group} do not differ by more than chance ({open_still})."
    more = "more" if found.value > 0 else "less"
    size = degrees(abs(found.value), digits)
    return f"{second.group}: {size} {more} than {first.group} ({open_still})."


def _sides(values: MeasureValues, *, apart: bool) -> Iterator[str]:
    """How many people differ between their legs by more than the measurement error."""
    people = sum(len(group.difference) for group in values.groups)
    if not people:
        return
    measurable = sum(group.measurable for group in values.groups)
    together = np.concatenate([group.mdc95 for group in values.groups])
    error = f"the measurement error of about {degrees(float(np.median(together)))}"
    if people == 1:
        by_more = "by more" if measurable else "by no more"
        yield f"Left and right differ {by_more} than {error}."
        return
    # A person in two groups is there twice.
    who = people_words(people) if apart else f"{people} pairs of legs"
    difference = mean_of(np.concatenate([group.difference for group in values.groups]))
    if not apart:
        # The interval takes all of them for different people.
        difference = Interval(difference.value, np.nan, np.nan)
    turned = f"; right minus left is {mean_words('', difference)} on average"
    yield (
        f"Left and right differ by more than {error} in {measurable} of {who}"
        f"{turned if known(difference.value) else ''}."
    )
