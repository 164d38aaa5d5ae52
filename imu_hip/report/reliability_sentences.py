"""How well measures repeat, in sentences that say what each number rests on."""

from collections.abc import Iterable
from typing import Final

from imu_hip.measures.agreement import Interval
from imu_hip.measures.between_days import published_mdc95_deg
from imu_hip.measures.own_error import OwnError
from imu_hip.measures.reliability import FEWEST_PEOPLE, WithinPeople
from imu_hip.names import Task
from imu_hip.report.reliability_results import MeasureReliability, own_error_of, why_not
from imu_hip.report.tables import measure_words
from imu_hip.report.wording import TEST_NAME, capital, number

WIDE: Final = 1.5
"""Upper limit over estimate from which on an interval is called wide: 17 degrees of freedom."""


def reliability_sentences(one: MeasureReliability) -> tuple[str, ...]:
    """The error first, then what changes for everybody, then what could not be told."""
    within = one.within
    if within is None:
        return ("Nothing was measured on two days, so nothing can be said.",)
    if within.sem.value == 0.0:
        same = "are the same to the last digit: copies and no repeats, so the error is not known"
        return (f"The values of {rests_on(within)} {same}.",)
    unit, mdc95 = one.found.unit, within.mdc95
    error = f"more than {amount(mdc95.value, unit)} to be told from chance"
    interval = f"MDC95, 95 % interval {span(mdc95, unit)}"
    found = [f"Two sessions must differ by {error} ({interval}), from {rests_on(within)}."]
    if mdc95.high > WIDE * mdc95.value:
        found.append("That interval is wide; more repeated sessions make it narrower.")
    if one.mostly_of_one:
        found.append("More than half of that comes from one person.")
    drift = within.drift
    # A drift that could be chance is in the table and not in a sentence.
    if drift is not None and not drift.low <= 0.0 <= drift.high:
        way = "grow" if drift.value > 0.0 else "fall"
        # Sizes, since the word says the direction.
        size = Interval(abs(drift.value), *sorted((abs(drift.low), abs(drift.high))))
        found.append(
            f"From each session to the next the values {way} by {amount(size.value, unit)} (95 % "
            f"interval {span(size, unit)}): a change in one direction, as of learning or "
            "stretching, which the error includes."
        )
    if not one.legs:
        found.append(_no_icc(one))
    return tuple(found)


def left_out_sentence(left_out: Iterable[tuple[str, int]]) -> str:
    """What was left out and why; empty where all of it counts."""
    parts = [f"{count} {_plural(words, count)}" for words, count in left_out]
    return f"Left out: {', '.join(parts)}." if parts else ""


def offer_sentence(one: MeasureReliability, person: str | None) -> str:
    """Whether the error may stand in place of the published one, and how large it is then."""
    own = own_error_of(one, person)
    published = amount(published_mdc95_deg(one.found.measure), "°")
    if own is None:
        return f"{name_of(one)}: the published {published} stay; {why_not(one, person)}."
    return (
        f"{name_of(one)}: {amount(own.safe_mdc95_deg, '°')} (upper limit of the interval) can take "
        f"the place of the published {published} (--use)."
    )


def kept_sentence(own: OwnError) -> str:
    """What is used from now on."""
    name = f"{TEST_NAME[own.task]}, {measure_words(own.measure)}"
    return (
        f"{name}: {amount(own.safe_mdc95_deg, '°')} from {own.sessions} sessions"
        f"{'' if own.person else f' of {own.people} people'}."
    )


def name_of(one: MeasureReliability) -> str:
    """Test and measure, such as 'Seated test, inward turn, foot moves out'."""
    task = one.found.task
    # A table may hold tasks of other programs.
    test = TEST_NAME[Task(task)] if task in set(Task) else capital(task)
    return f"{test}, {measure_words(one.found.measure)}"


def rests_on(within: WithinPeople) -> str:
    """The sessions and people behind a number."""
    people = "one person" if within.people == 1 else f"{within.people} people"
    return f"{within.sessions} sessions of {people}"


def amount(value: float, unit: str, decimals: int | None = None) -> str:
    """A number with its unit, such as '6.2°', '0.021 s' or '1.3 %'."""
    # A degree sign stands at its number, other units apart from it.
    gap = "" if unit in {"°", ""} else " "
    return f"{number(value, _decimals(unit) if decimals is None else decimals)}{gap}{unit}"


def signed_amount(value: float, unit: str) -> str:
    """The same with its sign, such as '+6.2°'; zero has none."""
    text = amount(value, unit)
    return f"+{text}" if round(value, _decimals(unit)) > 0.0 else text


def span(interval: Interval, unit: str, decimals: int | None = None) -> str:
    """The ends of an interval, such as '5.1 to 7.9°'."""
    shown = _decimals(unit) if decimals is None else decimals
    return f"{amount(interval.low, '', shown)} to {amount(interval.high, unit, shown)}"


def _decimals(unit: str) -> int:
    # A stride of 0.7 s repeats to hundredths: one decimal would show an error of zero.
    return 3 if unit == "s" else 1


def _no_icc(one: MeasureReliability) -> str:
    people = len({each.person for each in one.found.repeats})
    there = "there is 1" if people == 1 else f"there are {people}"
    return (
        f"How well the measure tells people apart (ICC) needs {FEWEST_PEOPLE} people with repeated "
        f"sessions; {there}."
    )


def _plural(words: str, count: int) -> str:
    first, _, rest = words.partition(" ")
    return words if count == 1 else f"{first}s {rest}"
