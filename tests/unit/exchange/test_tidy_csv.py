from imu_hip.exchange.tidy_csv import write_tidy_csv


def test_one_row_for_each_time_leg_and_angle(angles, tmp_path):
    path = tmp_path / "a.csv"
    write_tidy_csv(angles, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "time_s,side,angle,value_deg"
    # 4 + 4 + 3 + 3 * 3 measured numbers; what was not measured has no row.
    assert len(lines) == 1 + 20
    assert lines[1:5] == [
        "2,right,femoral_rotation,1",
        "2.02,right,femoral_rotation,-2",
        "2.04,right,femoral_rotation,3.5",
        "2.06,right,femoral_rotation,4",
    ]
    assert "2.04,right,hip_rotation,7.25" in lines
    assert not any(line.startswith("2.02,right,hip") for line in lines)
    assert not any("left" in line or "nan" in line.lower() for line in lines)


def test_numbers_are_rounded_and_no_zero_is_negative(make_table, tmp_path):
    path = tmp_path / "a.csv"
    write_tidy_csv(make_table(left_knee_flexion_deg=[-0.0001, 1.23456]), path)
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        "2,left,knee_flexion,0",
        "2.02,left,knee_flexion,1.235",
    ]
