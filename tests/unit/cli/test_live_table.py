"""What a person sees while recording: everything, also in a narrow terminal."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from imu_hip.bluetooth.drivers.driver import Battery
from imu_hip.bluetooth.recorder import RecordingView
from imu_hip.bluetooth.status import SensorStatus, since
from imu_hip.cli.live_table import LiveTable, live_page, status_table
from imu_hip.names import Segment

SENSOR = SensorStatus(
    segment=Segment.RIGHT_THIGH,
    tag="right_thigh",
    state="streaming",
    problem="",
    rate_hz=59.96,
    kept=215_431,
    lost=41_218,
    lost_percent=16.06,
    own_lost=0,
    duplicates=0,
    backward=0,
    reboots=0,
    gap_max_s=65.43,
    latency_p95_ms=1234.4,
    battery=Battery(100, charging=True),
    reconnects=0,
    skipped=0,
    clipped=0,
)


def view(*sensors, **changes):
    usual = {"trouble": "", "held_rows": 0, "news": ()}
    return RecordingView(65.2, 600.0, sensors, **{**usual, **changes})


def shown(page, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(page)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize(("state", "kept"), [("streaming", 215_431), ("connecting", 0)])
def test_every_figure_of_a_sensor_stands_whole_in_its_line(width, state, kept):
    lines = shown(status_table((replace(SENSOR, state=state, kept=kept),)), width)
    assert len(lines) == 3
    assert lines[1].split()[-6:] == ["Hz", "kept", "%", "s", "ms", "%"]
    assert lines[-1].split() == [
        *("right", "thigh", state, "60", str(kept), "16.1", "65.43", "1234", "100+")
    ]
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("state", ["link lost, searching", "refused to start"])
def test_a_long_state_breaks_between_words_in_60_columns(state):
    lines = shown(status_table((replace(SENSOR, state=state),)), 60)
    assert len(lines) == 4
    text = " ".join(lines)
    for word in state.split():
        assert word in text
    assert "215431" in text
    assert "…" not in text


@pytest.mark.parametrize("width", [60, 80])
def test_what_a_sensor_cannot_tell_is_shown_as_that(width):
    untold = replace(
        SENSOR, lost=None, lost_percent=None, latency_p95_ms=None, battery=None, gap_max_s=0.0
    )
    line = shown(status_table((untold,)), width)[-1].split()
    assert line[-5:] == ["215431", "-", "-", "-", "-"]


@pytest.mark.parametrize(
    ("lost", "percent", "text"), [(0, 0.0, "0"), (1, 0.001, "<0.1"), (5, 1.04, "1.0")]
)
def test_a_single_lost_sample_is_not_rounded_to_none(lost, percent, text):
    line = shown(status_table((replace(SENSOR, lost=lost, lost_percent=percent),)), 80)[-1]
    assert line.split()[5] == text


@pytest.mark.parametrize("width", [60, 80])
def test_a_page_holds_the_time_the_trouble_and_the_news(width):
    trouble = "run.parquet.journal cannot be written: No space left. Free space on this disk."
    news = ["The left shin sensor lost its link."]
    lines = shown(live_page(view(SENSOR, trouble=trouble, held_rows=120), news), width)
    text = " ".join(" ".join(lines).split())
    assert lines[0].startswith("Recording 1:05 of 10:00")
    assert "Ctrl-C ends it" in lines[0]
    assert f"120 samples wait: {trouble}" in text
    assert news[0] in lines


def test_without_a_duration_only_the_time_is_shown():
    endless = replace(view(SENSOR), duration_s=None)
    assert shown(live_page(endless, []), 80)[0].startswith("Recording 1:05   Ctrl-C")


def test_without_a_terminal_each_piece_of_news_is_a_line_and_there_is_no_table():
    console = Console(file=io.StringIO(), width=40)
    news = ("The left shin sensor lost its link.", "The left shin sensor is [connected] again.")
    with LiveTable(console) as table:
        table.show(view(SENSOR, news=news))
        table.show(view(SENSOR))
    lines = console.file.getvalue().splitlines()
    assert lines == ["Recording; Ctrl-C ends it.", *news]


def test_a_terminal_keeps_the_latest_news_and_the_last_state():
    console = Console(file=io.StringIO(), width=60, height=24, force_terminal=True)
    with LiveTable(console) as table:
        for count in range(8):
            table.show(view(replace(SENSOR, kept=count), news=(f"News {count}.",)))
    last = console.file.getvalue().rpartition("Recording 1:05")[2]
    assert "News 7." in last
    assert "News 3." in last
    assert "News 2." not in last


def test_samples_of_before_the_recording_count_neither_as_kept_nor_as_lost():
    before = replace(SENSOR, kept=100, lost=10, lost_percent=9.09)
    shown_now = since(before, replace(SENSOR, kept=160, lost=50, lost_percent=23.8))
    # 60 came and 40 were lost since then.
    assert (shown_now.kept, shown_now.lost) == (60, 40)
    assert shown_now.lost_percent == pytest.approx(40.0)
    same = since(before, before)
    assert (same.kept, same.lost, same.lost_percent) == (0, 0, 0.0)
    uncounted = replace(SENSOR, lost=None, lost_percent=None)
    assert since(replace(uncounted, kept=100), uncounted).lost is None
