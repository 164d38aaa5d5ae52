"""The published runners' band that comes with the package."""

import numpy as np
import pytest

from imu_hip.measures.running_norm import runners_band


def test_the_band_covers_the_stride_and_encloses_its_mean():
    band = runners_band()
    assert band.percent.tolist() == list(range(101))
    assert (band.low_deg < band.mean_deg).all()
    assert (band.mean_deg < band.high_deg).all()
    assert band.mean_deg.mean() == pytest.approx(0.0, abs=0.1)


def test_its_shape_is_that_of_runners():
    # Internal in early stance, external in early swing, as in other laboratories' curves.
    band = runners_band()
    assert 5 <= int(np.argmax(band.mean_deg)) <= 20
    assert 50 <= int(np.argmin(band.mean_deg)) <= 65
    assert 10.0 < np.ptp(band.mean_deg) < 17.0


def test_its_origin_is_told():
    band = runners_band()
    assert "Fukuchi" in band.source
    assert (band.licence, band.n) == ("CC BY 4.0", 46)


def test_nobody_changes_it_for_the_others():
    with pytest.raises(ValueError, match="read-only"):
        runners_band().mean_deg[0] = 0.0
