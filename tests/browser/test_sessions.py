"""Whole sessions in a browser, on virtual sensors, with everything real in between."""

import time

import pytest

from imu_hip.history.records import SessionState
from tests.browser.visits import Visit, kept, served, wait_until, write_protocol

pytestmark = pytest.mark.slow

PEAKS_DEG = {
    ("left", "internal"): 36.0,
    ("left", "external"): 41.0,
    ("right", "internal"): 29.0,
    ("right", "external"): 45.0,
}
GUIDED = "dot,play=guided,left=36/41,right=29/45"


def names(repetitions):
    """What stays of those that count at the end, when their peaks are measured anew."""
    return {(one.side, one.direction, one.number) for one in repetitions if one.counted}


def test_a_seated_test_from_the_first_click_to_the_report(chromium, tmp_path):
    with served(tmp_path, "--plan", GUIDED) as running:
        visit = Visit(chromium, running.address)
        page = visit.page
        assert "The sensors are virtual" in page.inner_text("main")
        begin = time.monotonic()
        visit.start("Ada", "seated")
        visit.wait_for_result(300.0)
        guided_s = time.monotonic() - begin
        for (side, measure), peak_deg in PEAKS_DEG.items():
            assert visit.value_deg(side, measure) == pytest.approx(peak_deg, abs=2.0)
        assert "±" in page.locator('tr[data-side="left"][data-measure="internal"]').inner_text()
        assert "simulated" in page.inner_text("main")

        with page.expect_popup() as opened:
            page.get_by_role("link", name="Open the report").click()
        report = opened.value
        report.wait_for_load_state()
        assert "Ada" in report.inner_text("body")
        assert "not a medical device" in report.inner_text("body")
        assert report.locator("svg").count() > 0
        report.close()

        page.get_by_role("button", name="Compare with earlier").click()
        page.locator('main[data-view="history"]').wait_for()
        page.get_by_text("Seated test").first.wait_for()

        session, repetitions, results = kept(running)
        assert session.state is SessionState.FINISHED
        assert session.person.alias == "Ada"
        assert sum(one.counted for one in repetitions) == 12
        found = {(one.side, one.measure): one.value_deg for one in results}
        for movement, peak_deg in PEAKS_DEG.items():
            assert found[movement] == pytest.approx(peak_deg, abs=2.0)
        assert visit.complaints == []
        page.close()
        status, said = running.interrupt()
        assert status == 0
        assert "Traceback" not in said
    assert guided_s < 180.0


def test_a_sensor_is_lost_in_a_repetition_and_later_the_server_is_killed(chromium, tmp_path):
    # Half a minute after the sensors stream the first leg turns for the second time, and holds
    # for so long that the sensor goes away in the hold, however the machine dawdles.
    protocols = write_protocol(tmp_path, repetitions=2, hold_s=4.0)
    plan = f"{GUIDED},pace=2"
    with served(
        tmp_path, "--plan", f"{plan},away=left_shin@37+3", "--protocols", protocols
    ) as first:
        visit = Visit(chromium, first.address)
        page = visit.page
        visit.start("Bo", "one_turn")
        visit.see("#warning", 90.0, has_text="left shin sensor sends nothing")
        saved = names(kept(first)[1])
        assert len(saved) == 1
        wait_until(lambda: len(names(kept(first)[1])) >= 3, 90.0, page)
        first.kill()
        cut_off, repetitions, _ = kept(first)
        # What was saved is still there, and the one that was cut has been done again.
        assert cut_off.state is SessionState.RUNNING
        assert saved < names(repetitions)
        saved = names(repetitions)
        page.get_by_text("The connection to imu_hip is lost").wait_for()
    port = first.address.rpartition(":")[2]
    arguments = ("--plan", plan, "--protocols", protocols, "--port", port)
    with served(tmp_path, *arguments) as second:
        # The tab is still open and comes back by itself.
        offered = f'[data-resume="{cut_off.id}"]'
        visit.see(offered, 20.0)
        words = page.locator(offered).inner_text()
        assert "Bo" in words
        assert f"{len(saved)} repetitions done" in words
        page.locator(offered).click()
        visit.wait_for_result(150.0)
        session, repetitions, _ = kept(second)
        assert (session.id, session.state) == (cut_off.id, SessionState.FINISHED)
        assert saved <= names(repetitions)
        assert sum(one.counted for one in repetitions) == 4
        for side, peak_deg in (("left", 36.0), ("right", 29.0)):
            assert visit.value_deg(side, "internal") == pytest.approx(peak_deg, abs=2.0)
        page.locator("details.repetitions summary").click()
        rows = page.locator("details.repetitions tbody tr").all_inner_texts()
        cut = [row for row in rows if "not counted" in row]
        assert len(rows) == 5
        assert len(cut) == 1
        assert cut[0].startswith("Left")
        assert "lost" in cut[0]
        page.get_by_role("button", name="Back to the start").click()
        visit.see('main[data-view="start"]', 20.0)
        assert page.locator("[data-resume]").count() == 0
        page.close()
