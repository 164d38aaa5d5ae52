"""Every answer carries the headers, whatever it is about and whoever made it."""

import json
import logging

import pytest
from websockets.exceptions import InvalidStatus

from imu_hip.history.records import Mode
from imu_hip.web.api import Api
from imu_hip.web.security import DATA_POLICY, HEADERS, PAGE_POLICY, REPORT_POLICY
from tests.integration.web.conftest import PROTOCOL, by_hand

ALWAYS = {name.lower(): value for name, value in HEADERS.items() if name != "Cache-Control"}


def assert_guarded(headers, policy=DATA_POLICY):
    """That an answer says what a browser may do with it, each thing once."""
    names = [name.lower() for name, _ in headers]
    found = {name.lower(): value for name, value in headers}
    for name, value in ALWAYS.items():
        expected = policy if name == "content-security-policy" else value
        assert (names.count(name), found[name]) == (1, expected), name
    assert found["cache-control"] in {"no-store", "no-cache"}
    assert "server" not in found


@pytest.fixture
def report(history, tmp_path):
    session = history.begin_session(
        history.add_person("Ada"), PROTOCOL.name, Mode.ACTIVE, simulated=True, recording=""
    )
    (tmp_path / "report.html").write_text("<p>31°</p>", encoding="utf-8")
    history.add_report(session.id, str(tmp_path / "report.html"))
    return session.id


async def test_what_is_found_and_what_is_not(serve, report):
    expected = {
        "/": (200, PAGE_POLICY),
        "/static/main.js": (200, DATA_POLICY),
        "/static/icon.svg": (200, DATA_POLICY),
        # The page by its other name is a file of no use by itself.
        "/static/index.html": (200, DATA_POLICY),
        "/static/none": (404, DATA_POLICY),
        "/nothing": (404, DATA_POLICY),
        "/code": (303, DATA_POLICY),
        "/api/history?person=Ada": (200, DATA_POLICY),
        "/api/history": (400, DATA_POLICY),
        "/api/delete": (405, DATA_POLICY),
        f"/reports/{report}": (200, REPORT_POLICY),
        "/reports/77": (404, DATA_POLICY),
        "/reports/77.pdf": (404, DATA_POLICY),
    }
    async with serve() as served, served.client() as client:
        for path, (status, policy) in expected.items():
            answer = await client.get(path)
            assert answer.status_code == status, path
            assert_guarded(answer.headers.multi_items(), policy)
        etag = (await client.get("/")).headers["etag"]
        unchanged = await client.get("/", headers={"If-None-Match": etag})
        assert unchanged.status_code == 304
        assert_guarded(unchanged.headers.multi_items(), PAGE_POLICY)
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            answer = await client.request(method, "/", headers={"Origin": served.origin})
            assert answer.status_code == 405
            assert_guarded(answer.headers.multi_items())
        answer = await client.get("/", headers={"Host": "evil.example"})
        assert answer.status_code == 403
        assert_guarded(answer.headers.multi_items())


async def test_what_is_taken_away_opens_nowhere(serve, report):
    async with serve() as served, served.client() as client, served.tab() as tab:
        answer = await client.post(
            "/api/export",
            content=json.dumps({"person": "Ada", "token": tab.token}),
            headers={"Origin": served.origin},
        )
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert_guarded(answer.headers.multi_items())


async def test_a_mistake_of_ours_says_nothing_of_itself(serve, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret of the program")

    monkeypatch.setattr(Api, "_sessions", broken)
    with caplog.at_level(logging.CRITICAL):
        async with serve() as served, served.client() as client:
            answer = await client.get("/api/history?person=Ada")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert_guarded(answer.headers.multi_items())


async def test_a_socket_that_is_refused(serve):
    async with serve() as served:
        with pytest.raises(InvalidStatus) as refused:
            await served.connect(origin="https://evil.example")
        answer = refused.value.response
        assert answer.status_code == 403
        assert_guarded(list(answer.headers.raw_items()))


async def test_what_is_no_request_gets_one_line_that_repeats_nothing(serve):
    """The only answer that the application never sees: it is made by the server itself."""
    async with serve() as served:
        writer, answer = await by_hand(served, b"<script>alert(1)</script>\r\n\r\n")
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert b"text/plain" in head
    assert body == b"Invalid HTTP request received."
