"""One leg on two occasions, in sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.measures.comparison import SideDifference
from imu_hip.measures.measured_range import ARC, SLOPE
from imu_hip.measures.repeated import Balance, Change, percent_of_larger
from imu_hip.names import FOOT, TURN, Direction, Side
from imu_hip.report.own_error_words import error_phrase
from imu_hip.report.wording import capital, degrees, size_and_error

WARM_UP: Final = (
    "Right after a stretch warm muscle alone can move farther; only a test on another day shows "
    "what lasts."
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """When something was measured.

    Parameters
    ----------
    when
        In a sentence: 'on 3 March 2026', 'last time', 'after the stretch'.
    noun
        By its name: '3 March 2026', 'last time', 'the test after the stretch'.
    """

    when: str
    noun: str


LAST_TIME: Final = Occasion("last time", "last time")
BEFORE: Final = Occasion("before the stretch", "the test before the stretch")
AFTER: Final = Occasion("after the stretch", "the one after it")


def change_sentence(change: Change, earlier: Occasion, later: Occasion | None = None) -> str:
    """What one leg does more or less than before, and the error that it must exceed.

    Parameters
    ----------
    later
        None for now.
    """
    size, error = size_and_error(change.difference_deg, change.mdc95_deg, exceeds=change.measurable)
    error_words = error_phrase(error, change.apart, [change.own])
    if not change.measurable:
        return (
            f"No measurable difference in {_subject(change)} {_from(earlier, later)}: "
            f"{size} is within the {error_words}."
        )
    return (
        f"{_begin(later)} {_moves(change, size)} than {earlier.when}; "
        f"that is more than the {error_words}."
    )


def change_sentences(
    changes: Sequence[Change], earlier: Occasion, later: Occasion | None = None
) -> tuple[str, ...]:
    """A sentence for each measurable change of a single measure, and one for all the others."""
    told = [change for change in changes if change.measure != ARC]
    moved = [change_sentence(c, earlier, later) for c in told if c.measurable]
    still = [change for change in told if not change.measurable]
    if len(still) <= 1:
        return (*moved, *(change_sentence(c, earlier, later) for c in still))
    start = "Nothing else differs measurably" if moved else "No measurable difference"
    return (*moved, f"{start} {_from(earlier, later)}: {_all_within(still)}.")


def _all_within(still: Sequence[Change]) -> str:
    largest_deg = max(abs(change.difference_deg) for change in still)
    low_deg, high_deg = (pick(c.mdc95_deg for c in still) for pick in (min, max))
    same = degrees(low_deg) == degrees(high_deg)
    error = degrees(low_deg) if same else f"{degrees(low_deg)} to {degrees(high_deg)}"
    words = error_phrase(error, still[0].apart, [change.own for change in still])
    return f"{degrees(largest_deg)} at most is within the {words}"


def _from(earlier: Occasion, later: Occasion | None) -> str:
    return f"between {earlier.noun} and {later.noun}" if later else f"from {earlier.noun}"


def _begin(later: Occasion | None) -> str:
    return f"{capital(later.when)} your" if later else "Your"


def balance_sentence(balance: Balance) -> str:
    """Which way a hip turns farther, and the error that the difference must exceed."""
    size, error = size_and_error(
        balance.difference_deg, balance.error95_deg, exceeds=balance.measurable
    )
    if not balance.measurable:
        return (
            f"No measurable difference between your {balance.side} hip turning inward and outward: "
            f"{size} is within the error of {error}."
        )
    inward = balance.difference_deg > 0
    farther = Direction.INTERNAL if inward else Direction.EXTERNAL
    other = Direction.EXTERNAL if inward else Direction.INTERNAL
    return (
        f"Your {balance.side} hip turns {size} farther {TURN[farther]} ({FOOT[farther]}) than "
        f"{TURN[other]} ({FOOT[other]}); that is more than the error of {error}."
    )


def percent_sentences(differences: Iterable[SideDifference]) -> tuple[str, ...]:
    """Measurable differences of the two legs once more, as percent of the larger side."""
    found = []
    for difference in differences:
        percent = percent_of_larger(difference.left_deg, difference.right_deg)
        if percent is None or not difference.measurable or difference.measure == SLOPE:
            continue
        less = Side.LEFT if difference.difference_deg > 0 else Side.RIGHT
        found.append(
            f"{_WORDS.get(difference.measure, difference.measure).capitalize()}: "
            f"the {less} reaches {percent:.0f} % of the {less.other}."
        )
    return tuple(found)


_WORDS: Final = {
    **{d.value: f"{TURN[d]} turn ({FOOT[d]})" for d in Direction},
    ARC: "both turns together",
    SLOPE: "slope of the shin",
}


def _subject(change: Change) -> str:
    if change.measure in set(Direction):
        direction = Direction(change.measure)
        return f"your {change.side} hip turning {TURN[direction]} ({FOOT[direction]})"
    if change.measure == ARC:
        return f"the total arc of your {change.side} hip"
    return f"the slope of your {change.side} shin"


def _moves(change: Change, size: str) -> str:
    more = "more" if change.difference_deg > 0 else "less"
    if change.measure in set(Direction):
        direction = Direction(change.measure)
        return f"{change.side} hip turns {TURN[direction]} ({FOOT[direction]}) {size} {more}"
    if change.measure == ARC:
        return f"{change.side} hip turns {size} {more} in all"
    return f"{change.side} shin slopes {size} {more}"
