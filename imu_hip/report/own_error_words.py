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
    if apart is Apart.SAME_DAY:
        return f"measurement error of {error}"
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
    return " ".join((published, *(_method_sentence(one) for one in own)))


def source_key(apart: Apart, own: OwnError | None) -> str:
    """Where an error comes from, for programs."""
    if apart is Apart.SAME_DAY:
        return "one_day"
    if own is None:
        return "published"
    return "own_of_clinic" if own.person is None else "own_of_person"


def _method_sentence(own: OwnError) -> str:
    estimate = own.mdc95_deg
    return (
        f"{TEST_NAME[own.task]}, {measure_words(own.measure)}: the published error between days is "
        f"replaced by an own one of {degrees(own.safe_mdc95_deg, 1)}, from {source_words(own)}. "
        f"That is the upper limit of its interval (MDC95 {degrees(estimate.value, 1)}, "
        f"{degrees(estimate.low, 1)} to {degrees(estimate.high, 1)}; {own.degrees_of_freedom} "
        "degrees of freedom), so that an uncertain error makes no difference look sure; values "
        "that were measured worse than usual have a larger one."
    )
