from pathlib import Path

import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.exchange.angle_columns import SIMULATED, notes_of
from imu_hip.recording.formats import open_recording

RECORDINGS = Path(__file__).parents[3] / "recordings"


@pytest.mark.parametrize(("name", "simulated"), [("isen", False), ("simulated_seated", True)])
def test_notes_tell_how_sure_the_angles_are_and_nobodys_name(name, simulated):
    analysis = analyze(open_recording(RECORDINGS / f"{name}.parquet"))
    notes = notes_of(analysis)
    assert (notes[0] == SIMULATED) == simulated
    for leg, note in zip(analysis.calibration, notes[-2:], strict=True):
        assert f"uncertainty of {leg.uncertainty_deg:.1f} degrees" in note
        assert f"the {leg.side} leg" in note
    assert not any(name in note for note in notes)
