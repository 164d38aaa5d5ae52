import numpy as np

from imu_hip.exchange.text_rows import text_cells, text_rows


def test_the_fewest_digits_that_tell_numbers_apart():
    values = np.array([1.0, -0.0, 0.1, 1 / 3, 1e-7, np.nan])
    cells = text_cells(values, "n/a").to_pylist()
    assert cells == ["1", "0", "0.1", "0.3333333333333333", "1e-7", "n/a"]
    assert [float(cell) for cell in cells[:-1]] == values[:-1].tolist()


def test_a_fixed_number_of_decimals_has_no_exponent():
    values = np.array([0.0, 1e-6, 4e-7, 12345.6789012, -0.98, np.nan])
    assert text_cells(values, "n/a", 6).to_pylist() == [
        "0.000000",
        "0.000001",
        "0.000000",
        "12345.678901",
        "-0.980000",
        "n/a",
    ]


def test_rows():
    columns = [text_cells(np.array(own), "nan") for own in ([1.0, np.nan], [3.5, 4.0])]
    assert text_rows(columns) == ["1\t3.5", "nan\t4"]
