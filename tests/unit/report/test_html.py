import re
from dataclasses import replace

import numpy as np
import pytest

from imu_hip import __version__
from imu_hip.errors import OutputError
from imu_hip.names import DEVICE_WORDING, RUNNING_WORDING, Side
from imu_hip.recording.recording import LogEntry
from imu_hip.report.html import render_report, write_report
from imu_hip.report.sentences import headline

LOADS = re.compile(
    r"""(?:src|href|srcset|action|data)\s*=\s*["'](?!\#)|@import|url\((?!\#)|<script"""
)


def visible_text(page):
    text = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)
    text = text.replace("&#39;", "'").replace("&amp;", "&").replace("&gt;", ">")
    return " ".join(text.replace("\u00a0", " ").split())


def test_every_page_stands_alone_and_says_what_it_is(analysis):
    page = render_report(analysis)
    assert not LOADS.search(page)
    assert "http" not in page.replace("http-equiv", "")
    text = visible_text(page)
    assert DEVICE_WORDING in text
    assert f"imu_hip {__version__}" in text
    for result in analysis.results:
        assert headline(result) in text
    for warning in analysis.warnings:
        assert warning in text
    assert "nan" not in text.lower().replace("pregnancy", "")
    assert "None" not in text


def test_ids_are_unique_and_every_reference_has_its_id(analysis):
    page = render_report(analysis)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', page)) <= set(ids)


def test_every_picture_is_named_for_those_who_do_not_see_it(analysis):
    for svg in re.findall(r"<svg.*?</svg>", render_report(analysis), flags=re.DOTALL):
        assert re.match(r'<svg[^>]* role="img" aria-label="[^"]+"><title>[^<]+</title>', svg)


def test_the_same_analysis_gives_the_same_page(seated):
    assert render_report(seated) == render_report(seated)


def test_text_from_files_is_escaped(seated):
    evil = "<b onload='x()'>&"
    recording = replace(seated.recording, source=evil, warnings=(evil,))
    page = render_report(replace(seated, recording=recording))
    assert "<b onload" not in page
    assert page.count("&lt;b onload") == 3


def test_a_simulated_recording_carries_its_badge(seated):
    assert "SIMULATED" not in render_report(seated)
    simulated = replace(seated, recording=replace(seated.recording, simulated=True))
    assert "SIMULATED" in render_report(simulated)


def test_only_gait_carries_the_wording_on_running(seated, run):
    assert RUNNING_WORDING not in render_report(seated)
    assert RUNNING_WORDING in render_report(run)


def test_hip_rotation_is_named_only_where_a_pelvis_sensor_gives_it(run):
    page = render_report(run)
    assert "No pelvis sensor was worn" in page
    assert "Femoral rotation over time" in page
    columns = {f"{side}_hip_rotation_deg": np.sin(run.angles.time_s) for side in Side}
    page = render_report(replace(run, angles=replace(run.angles, columns=columns)))
    assert "A pelvis sensor was worn" in page
    assert "Hip rotation over time" in page


def test_the_log_is_told_in_words(seated):
    clock = {"clock": "its own", "epochs": [{"rate_ppm": -22.218093, "lost": 0}]}
    entry = LogEntry("recorded", "0.1.0", {"sensors": {"left_shin": clock}})
    page = render_report(replace(seated, recording=seated.recording.with_log(entry)))
    assert "sensors: (left shin (clock its own, epochs (rate ppm -22.2, lost 0)))" in page


def test_an_hour_stays_a_small_page(run):
    n = 360_000
    noise = np.random.default_rng(0).normal(0.0, 8.0, n)
    columns = {f"{side}_femoral_rotation_deg": noise for side in Side}
    angles = replace(run.angles, time_s=np.arange(n) / 100.0, columns=columns)
    assert len(render_report(replace(run, angles=angles))) < 300_000


def test_a_report_replaces_an_older_one_and_leaves_nothing_else(seated, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old")
    write_report(seated, path)
    assert path.read_text(encoding="utf-8") == render_report(seated)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_missing_folder_is_an_output_error(seated, tmp_path):
    with pytest.raises(OutputError, match="older") as caught:
        write_report(seated, tmp_path / "older" / "report.html")
    assert caught.value.advice
