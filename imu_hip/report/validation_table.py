"""A comparison with a reference as a table for the terminal."""

from typing import TYPE_CHECKING

from imu_hip.exchange.angle_file import in_words
from imu_hip.exchange.validating import Validation
from imu_hip.report.validation_sentences import correlation_words, interval_words, unit_words
from imu_hip.report.wording import capital, degrees, signed_degrees

if TYPE_CHECKING:
    from rich.table import Table


def validation_table(validation: Validation) -> "Table":
    """One row an angle of a leg."""
    from rich.box import SIMPLE  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    title = "Simulated recording" if validation.simulated else None
    table = Table(title=title, box=SIMPLE, pad_edge=False)
    table.add_column("Angle", overflow="fold", min_width=7)
    for heading in ("RMS", "Without offset", "Offset", "Correlation", "Excursion, difference"):
        table.add_column(heading, justify="right", overflow="fold")
    for key, leg in validation.angles.items():
        excursion = f"{signed_degrees(leg.excursion_error_deg, 1)} over all"
        if leg.units is not None:
            bias = leg.units.excursion.limits.bias
            count = unit_words(leg.units.word, len(leg.units.excursion.estimate_deg))
            excursion = f"{signed_degrees(bias.value, 1)} ({interval_words(bias)}, {count})"
        table.add_row(
            capital(in_words(key)),
            degrees(leg.rms_deg.value, 1),
            degrees(leg.rms_without_offset_deg.value, 1),
            signed_degrees(leg.offset_deg.value, 1),
            correlation_words(leg.correlation.value),
            excursion,
        )
    return table
