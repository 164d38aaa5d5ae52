"""History, comparison, export and deletion as the page asks for them."""

import io
import sys
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from imu_hip.history.records import Mode, Moment, ResultRecord, SessionState
from imu_hip.names import Sex, Side, Task
from tests.integration.web.conftest import PROTOCOL

INTERNAL = ResultRecord(Task.SEATED, Side.LEFT, "internal", Moment.TEST, 31.25, 1.5, 3, 2.0, 5.5)


def keep_session(history, alias, **changes):
    """A finished session with one result a side."""
    person = history.add_person(alias, Sex.FEMALE)
    session = history.begin_session(
        person, PROTOCOL.name, Mode.ACTIVE, simulated=True, recording=""
    )
    left = replace(INTERNAL, **changes)
    results = (left, replace(left, side=Side.RIGHT))
    history.finish_session(session.id, SessionState.FINISHED, results)
    return session


async def test_the_history_of_a_person_has_results_newest_first(serve, history):
    first = keep_session(history, "Ada")
    second = keep_session(history, "Ada", value_deg=40.0)
    keep_session(history, "Bo")
    async with serve() as served, served.client() as client:
        answer = (await client.get("/api/history", params={"person": "ada"})).json()
    assert answer["person"] == {"alias": "Ada", "sex": "female"}
    assert [session["session"] for session in answer["sessions"]] == [second.id, first.id]
    session = answer["sessions"][1]
    assert (session["title"], session["mode"], session["state"]) == (
        "Seated rotation",
        "active",
        "finished",
    )
    assert session["simulated"] is True
    assert session["results"][0] == {
        "task": "seated",
        "side": "left",
        "measure": "internal",
        "moment": "test",
        "value_deg": 31.25,
        "sd_deg": 1.5,
        "repetitions": 3,
        "sem_deg": 2.0,
        "mdc95_deg": 5.5,
    }


async def test_two_sessions_are_compared_and_all_are_a_trend(serve, history):
    first = keep_session(history, "Ada")
    second = keep_session(history, "Ada", value_deg=45.5)
    async with serve() as served, served.client() as client:
        answer = await client.get("/api/compare", params={"a": first.id, "b": second.id})
        compared = answer.json()
        # 45.5 - 31.25 = 14.25, more than what two values of 5.5 each can differ by on one day.
        left = next(found for found in compared["ranges"] if found["side"] == "left")
        assert left["difference_deg"] == pytest.approx(14.25, abs=0.06)
        assert left["measurable"] is True
        assert "14°" in compared["sentences"][0]
        asked = {"person": "Ada", "task": "seated"}
        trend = (await client.get("/api/trend", params=asked)).json()
        assert trend["sessions"] == 2
        for found in (compared, trend):
            assert found["pictures"]
            for picture in found["pictures"]:
                parsed = ElementTree.fromstring(picture["svg"])
                assert parsed.tag == "{http://www.w3.org/2000/svg}svg"
            for table in found["tables"]:
                assert {len(row) for row in table["rows"]} == {len(table["head"])}
        for query in ("a=1", f"a={first.id}&b=999", "a=x&b=y", f"a={2**40}&b=1"):
            answer = await client.get(f"/api/compare?{query}")
            assert answer.status_code == 400
            assert answer.json()["problem"]
        answer = await client.get("/api/trend", params=asked | {"task": "run"})
        assert answer.status_code == 400


async def test_a_report_comes_on_paper(serve, history, tmp_path):
    pytest.importorskip("weasyprint")
    session = keep_session(history, "Ada")
    report = tmp_path / "report.html"
    report.write_text("<p>31°</p>", encoding="utf-8")
    history.add_report(session.id, str(report))
    async with serve() as served, served.client() as client:
        answer = await client.get(f"/reports/{session.id}.pdf", timeout=30.0)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.content.startswith(b"%PDF")


async def test_without_its_extra_there_is_a_sentence_and_no_pdf(
    serve, history, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    session = keep_session(history, "Ada")
    report = tmp_path / "report.html"
    report.write_text("<p>31°</p>", encoding="utf-8")
    history.add_report(session.id, str(report))
    async with serve() as served, served.client() as client:
        answer = await client.get(f"/reports/{session.id}.pdf")
        assert answer.status_code == 501
        assert "not installed" in answer.text


async def test_a_person_is_exported_and_deleted_by_the_page(serve, history):
    session = keep_session(history, "Ada")
    keep_session(history, "Bo")
    async with serve() as served, served.client() as client, served.tab() as tab:
        await tab.next("idle")
        headers = {"Origin": served.origin}
        body = {"person": "Ada", "token": tab.token}
        answer = await client.post("/api/export", json=body, headers=headers)
        assert answer.status_code == 200
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert any(name.endswith(".json") for name in names)
        missing = await client.post("/api/delete", json=body, headers=headers)
        assert missing.status_code == 400
        wish = body | {"recordings": True}
        answer = await client.post("/api/delete", json=wish, headers=headers)
        assert answer.json() == {"deleted": "Ada"}
        assert [person["alias"] for person in (await tab.next("hello"))["people"]] == ["Bo"]
        assert (await client.get(f"/reports/{session.id}")).status_code == 404
        answer = await client.post("/api/delete", json=wish, headers=headers)
        assert answer.json()["problem"].startswith("Nobody is called Ada.")


async def test_nobody_is_deleted_while_a_session_runs(serve, history):
    keep_session(history, "Ada")
    async with serve() as served, served.client() as client, served.tab() as tab:
        await tab.start("Ada")
        wish = {"person": "Ada", "token": tab.token, "recordings": False}
        answer = await client.post("/api/delete", json=wish, headers={"Origin": served.origin})
        assert answer.json()["problem"] == "A session runs. End it first."
        assert len(history.people()) == 1
