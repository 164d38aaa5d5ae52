"""One leg on two occasions, in sentences."""

from collections.abc import Iterable, Sequence
from typing import Final

from imu_hip.measures.comparison import SideDifference
from imu_hip.measures.repeated import Apart, Balance, Change, percent_of_larger
from imu_hip.names import Direction, Side
from imu_hip.report.wording import FOOT, TURN, decimals_apart, degrees

WARM_UP: Final = (
    "Right after a stretch warm muscle alone can move farther; only a test on another day shows "
    "what lasts."
)


def change_sentence(change: Change, earlier: str, later: str = "") -> str:
    """What one leg does more or less than before, and the error that it must exceed.

    Parameters
    ----------
    earlier
        When the first value is from, such as 'last time' or 'on 3 March 2026'.
    later
        When the second one is from; empty for now.
    """
    error_words = _error_words(change.apart)
    size_deg, error_deg = change.difference_deg, change.mdc95_deg
    decimals = decimals_apart(size_deg, error_deg) if change.measurable else 0
    size, error = degrees(abs(size_deg), decimals), degrees(error_deg, decimals)
    if not change.measurable:
        return (
            f"No measurable difference in {_subject(change)}{_later(later)} against {earlier}: "
            f"{size} is within the {error_words} of {error}."
        )
    moves = _moves(change, size)
    return (
        f"{later.capitalize() + ' your' if later else 'Your'} {moves} than {earlier}; "
        f"that is more than the {error_words} of {error}."
    )


def _later(later: str) -> str:
    return f" {later}" if later else ""


def change_sentences(changes: Sequence[Change], earlier: str, later: str = "") -> tuple[str, ...]:
    """A sentence for each measurable change of a single measure, and one for all the others."""
    told = [change for change in changes if change.measure != "total_arc"]
    moved = [change_sentence(c, earlier, later) for c in told if c.measurable]
    still = [change for change in told if not change.measurable]
    if len(still) <= 1:
        return (*moved, *(change_sentence(c, earlier, later) for c in still))
    return (*moved, _still_sentence(still, earlier, others=bool(moved)))


def _still_sentence(still: Sequence[Change], earlier: str, *, others: bool) -> str:
    largest_deg = max(abs(change.difference_deg) for change in still)
    errors = sorted({degrees(change.mdc95_deg) for change in still}, key=lambda d: (len(d), d))
    error = errors[0] if len(errors) == 1 else f"{errors[0]} to {errors[-1]}"
    start = "Nothing else differs measurably from" if others else "No measurable difference against"
    return (
        f"{start} {earlier}: {degrees(largest_deg)} at most is within the "
        f"{_error_words(still[0].apart)} of {error}."
    )


def balance_sentence(balance: Balance) -> str:
    """Which way a hip turns farther, and the error that the difference must exceed."""
    size_deg, error_deg = balance.difference_deg, balance.error95_deg
    decimals = decimals_apart(size_deg, error_deg) if balance.measurable else 0
    size, error = degrees(abs(size_deg), decimals), degrees(error_deg, decimals)
    if not balance.measurable:
        return (
            f"No measurable difference between your {balance.side} hip turning inward and outward: "
            f"{size} is within the error of {error}."
        )
    inward = size_deg > 0
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
        if percent is None or not difference.measurable or difference.measure == "shin_slope":
            continue
        less = Side.LEFT if difference.difference_deg > 0 else Side.RIGHT
        found.append(
            f"{_WORDS.get(difference.measure, difference.measure).capitalize()}: "
            f"the {less} reaches {percent:.0f} % of the {less.other}."
        )
    return tuple(found)


_WORDS: Final = {
    **{d.value: f"{TURN[d]} turn ({FOOT[d]})" for d in Direction},
    "total_arc": "both turns together",
    "shin_slope": "slope of the shin",
}


def _subject(change: Change) -> str:
    if change.measure in set(Direction):
        direction = Direction(change.measure)
        return f"your {change.side} hip turning {TURN[direction]} ({FOOT[direction]})"
    if change.measure == "total_arc":
        return f"the total arc of your {change.side} hip"
    return f"the slope of your {change.side} shin"


def _moves(change: Change, size: str) -> str:
    more = "more" if change.difference_deg > 0 else "less"
    if change.measure in set(Direction):
        direction = Direction(change.measure)
        return f"{change.side} hip turns {TURN[direction]} ({FOOT[direction]}) {size} {more}"
    if change.measure == "total_arc":
        return f"{change.side} hip turns {size} {more} in all"
    return f"{change.side} shin slopes {size} {more}"


def _error_words(apart: Apart) -> str:
    return "measurement error between days" if apart is Apart.DAYS else "measurement error"
