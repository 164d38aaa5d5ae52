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
    """What stays of a repetition at the end, when its peak is measured about a better axis."""
    return {(one.side, one.direction, one.number, one.counted) for one in repetitions}


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


def test_a_sensor_is_lost_in_a_repetition_and_comes_back(chromium, tmp_path):
    # Half a minute after the sensors stream the first leg turns; it holds for so long that the
    # sensor goes away in the hold of a repetition, however the machine dawdles.
    plan = f"{GUIDED},pace=2,away=left_shin@39.5+3"
    protocols = write_protocol(tmp_path, repetitions=2, hold_s=4.0)
    with served(tmp_path, "--plan", plan, "--protocols", protocols) as running:
        visit = Visit(chromium, running.address)
        page = visit.page
        visit.start("Bo", "one_turn")
        visit.see("#warning", 90.0, has_text="left shin sensor sends nothing")
        _, before, _ = kept(running)
        visit.wait_for_result(120.0)
        session, repetitions, _ = kept(running)
        assert session.state is SessionState.FINISHED
        # What was saved is still there, the one that was cut is told as such and was done again.
        assert names(before) <= names(repetitions)
        cut = [one for one in repetitions if not one.counted]
        assert [str(one.side) for one in cut] == ["left"]
        assert "lost" in cut[0].reason
        assert sum(one.counted for one in repetitions) == 4
        page.locator("details.repetitions summary").click()
        assert "not counted" in page.locator("details.repetitions").inner_text()
        for side, peak_deg in (("left", 36.0), ("right", 29.0)):
            assert visit.value_deg(side, "internal") == pytest.approx(peak_deg, abs=2.0)
        assert visit.complaints == []
        page.close()


def test_a_server_is_killed_and_the_session_goes_on(chromium, tmp_path):
    protocols = write_protocol(tmp_path, repetitions=3)
    arguments = ("--plan", f"{GUIDED},pace=2", "--protocols", protocols)
    with served(tmp_path, *arguments) as running:
        visit = Visit(chromium, running.address)
        page = visit.page
        visit.start("Cy", "one_turn")
        visit.see('main[data-stage="measure"]', 90.0)
        wait_until(lambda: len(kept(running)[1]) >= 4, 60.0, page)
        running.kill()
        first, before, _ = kept(running)
        assert first.state is SessionState.RUNNING
        assert len(before) >= 4
        page.get_by_text("The connection to imu_hip is lost").wait_for()
    port = running.address.rpartition(":")[2]
    with served(tmp_path, *arguments, "--port", port) as running:
        # The tab is still open and comes back by itself.
        visit.see(f'[data-resume="{first.id}"]', 20.0)
        offer = page.locator(f'[data-resume="{first.id}"]')
        assert "Cy" in offer.inner_text()
        assert f"{len(before)} repetitions done" in offer.inner_text()
        offer.click()
        visit.wait_for_result(150.0)
        session, repetitions, _ = kept(running)
        assert (session.id, session.state) == (first.id, SessionState.FINISHED)
        assert names(before) <= names(repetitions)
        assert sum(one.counted for one in repetitions) == 6
        for side, peak_deg in (("left", 36.0), ("right", 29.0)):
            assert visit.value_deg(side, "internal") == pytest.approx(peak_deg, abs=2.0)
        page.get_by_role("button", name="Back to the start").click()
        page.locator('main[data-view="start"]').wait_for()
        assert page.locator("[data-resume]").count() == 0
        page.close()
