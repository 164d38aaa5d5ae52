"""Where the error of a difference comes from: one day, published, or own repeated sessions."""

from collections.abc import Iterable, Sequence

from imu_hip.measures.own_error import OwnError
from imu_hip.measures.repeated import Apart
from imu_hip.report.tables import measure_words
from imu_hip.report.wording import TEST_NAME, degrees


def error_phrase(error: str, apart: Apart, own: Sequence[OwnError | None]) -> str:
    """The error of one or several differences in a sentence.

    Parameters
    ----------
    error
        The error or errors in degrees, such as '9°' or '6° to 9°'.
    own
        The own error behind each, None for a published one.
    """
    # Own errors are of different days and say nothing within one.
    if apart is Apart.SAME_DAY:
        return f"measurement error of {error}"
    # Each source once, in the order of the differences.
    sources = list(dict.fromkeys(source_words(one) for one in own if one is not None))
    if not sources:
        return f"measurement error between days of {error}"
    if None in own:
        sources.append("published where there is none of its own")
    return f"own measurement error between days of {error}, from {' and '.join(sources)}"


def source_words(own: OwnError) -> str:
    """What an own error rests on, such as '12 repeated sessions of anna'."""
    repeats = f"{own.sessions} repeated sessions"
    if own.person is not None:
        return f"{repeats} of {own.person}"
    return f"{repeats} of {own.people} people of this clinic"


def sources_with_own(published: str, used: Iterable[OwnError | None]) -> str:
    """The words on where errors come from, with each own error that stands in place of one."""
    own = dict.fromkeys(one for one in used if one is not None)
    if not own:
        return published
    return (
        f"{published} In place of published errors between days stand own ones, each the upper "
        "limit of its interval, so that an uncertain error makes no difference look sure: "
        f"{'; '.join(_in_numbers(one) for one in own)}. Values that were measured worse than usual "
        "have a larger one."
    )


def source_key(apart: Apart, own: OwnError | None) -> str:
    """Where an error comes from, for programs."""
    if apart is Apart.SAME_DAY:
        return "one_day"
    if own is None:
        return "published"
    return "own_of_clinic" if own.person is None else "own_of_person"


def _in_numbers(own: OwnError) -> str:
    estimate = own.mdc95_deg
    interval = f"{degrees(estimate.low, 1)} to {degrees(estimate.high, 1)}"
    return (
        f"{TEST_NAME[own.task].lower()}, {measure_words(own.measure)}: "
        f"{degrees(own.safe_mdc95_deg, 1)} (MDC95 {degrees(estimate.value, 1)}, {interval}; "
        f"{source_words(own)}, {own.degrees_of_freedom} degrees of freedom)"
    )
