import numpy as np
import pytest

from imu_hip.analysis.results import AngleTable
from imu_hip.errors import OutputError
from imu_hip.report.angles_csv import write_angles_csv

TABLE = AngleTable(
    np.array([0.0, 1 / 60, 2 / 60]),
    60.0,
    {
        "left_femoral_rotation_deg": np.array([1.23449, np.nan, -0.0001]),
        "right_femoral_rotation_deg": np.array([-12.0, 4.5, np.nan]),
    },
)


def test_rows_are_rounded_and_empty_where_not_measured(tmp_path):
    write_angles_csv(TABLE, tmp_path / "angles.csv")
    assert (tmp_path / "angles.csv").read_text().splitlines() == [
        "time_s,left_femoral_rotation_deg,right_femoral_rotation_deg",
        "0,1.234,-12",
        "0.016667,,4.5",
        "0.033333,0,",
    ]


def test_an_hour_reads_back_as_it_was(tmp_path):
    n = 360_000
    values = np.random.default_rng(0).normal(0.0, 20.0, n)
    table = AngleTable(np.arange(n) / 100.0, 100.0, {"left_knee_flexion_deg": values})
    write_angles_csv(table, tmp_path / "angles.csv")
    back = np.genfromtxt(tmp_path / "angles.csv", delimiter=",", skip_header=1, max_rows=2000)
    assert np.abs(back[:, 1] - values[:2000]).max() <= 0.0005 + 1e-9
    assert np.array_equal(back[:, 0], np.arange(2000) / 100.0)


def test_a_missing_folder_is_named_with_advice(tmp_path):
    with pytest.raises(OutputError, match="nowhere"):
        write_angles_csv(TABLE, tmp_path / "nowhere" / "angles.csv")
