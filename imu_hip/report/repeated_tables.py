"""Tables of one leg on two occasions."""

from collections.abc import Sequence

from imu_hip.measures.repeated import Balance, Change
from imu_hip.report.tables import Grid, judged, measure_words
from imu_hip.report.wording import TEST_NAME, degrees


def change_grid(caption: str, changes: Sequence[Change], earlier: str, later: str) -> Grid | None:
    """Each measure of each leg then and now; None where there is nothing to compare."""
    if not changes:
        return None
    several = len({change.task for change in changes}) > 1
    rows = tuple(
        (
            f"{TEST_NAME[c.task] + ', ' if several else ''}{c.side} {measure_words(c.measure)}",
            degrees(c.earlier_deg),
            degrees(c.later_deg),
            judged(c.difference_deg, c.mdc95_deg, measurable=c.measurable),
        )
        for c in changes
    )
    return Grid(caption, ("", earlier, later, f"{later} minus {earlier.lower()}"), rows)


def balance_grid(balances: Sequence[Balance]) -> Grid | None:
    """Internal minus external range of each leg; None where there is none."""
    if not balances:
        return None
    rows = tuple(
        (
            f"{TEST_NAME[b.task]}, {b.side}",
            judged(b.difference_deg, b.error95_deg, measurable=b.measurable),
        )
        for b in balances
    )
    return Grid("Balance", ("", "Inward minus outward"), rows)
