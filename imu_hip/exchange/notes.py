"""What goes with exported angles in any format: how sure they are, and whether they are real."""

from typing import Final

from imu_hip.analysis.results import Analysis

SIMULATED: Final = "Simulated, not measured on a person."


def notes_of(analysis: Analysis) -> tuple[str, ...]:
    """Sentences for the header of an exported file; none names a person or a file."""
    notes = [
        f"Calibration ({leg.source}) leaves a standard uncertainty of {leg.uncertainty_deg:.1f} "
        f"degrees in every rotation of the {leg.side} leg."
        for leg in analysis.calibration
    ]
    return (*((SIMULATED,) if analysis.recording.simulated else ()), *notes)
