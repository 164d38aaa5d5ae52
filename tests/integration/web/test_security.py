"""What a foreign page, another device or an attacker can try, and gets refused."""

import re
from itertools import product

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from imu_hip.history.records import Mode
from imu_hip.web.app import live_page
from imu_hip.web.entry import WRONG_CODES, Entry
from imu_hip.web.security import DATA_POLICY, PAGE_POLICY
from imu_hip.web.service import Service
from tests.integration.web.conftest import PROTOCOL, by_hand, handshake

FOREIGN = ("https://evil.example", "http://127.0.0.1:1", "null", "http://localhost.evil.example")
PAGES = (
    "/",
    "/static/none.js",
    "/nothing",
    "/reports/1",
    "/reports/1.pdf",
    "/api/history?person=A",
)
FOREIGN_HOSTS = (
    "evil.example",
    "evil.example:8765",
    "127.0.0.1.evil.example",
    "192.168.1.5",
    "0.0.0.0",
    "[::2]",
    "",
)
TRICKS = (
    "/static/../app.py",
    "/static/..%2fapp.py",
    "/static/%2e%2e/app.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/..\\app.py",
    "/static/index.html%00.js",
    "/static/",
    "/static",
    "/../app.py",
    "/reports/../1",
    "/reports/1/../../x",
    "/reports/%2e%2e%2fhistory.db",
    "/reports/-1",
    "/reports/1e3",
    "/reports/99999999999999999999999999",
    "/reports/1.html",
    "/reports/1.pdf.pdf",
    "//evil.example/",
    "/static/" + "a" * 5000,
)
DEVICE = "192.168.1.20"
SERVER = "192.168.1.5"


async def test_every_answer_says_what_a_browser_may_do(serve):
    async with serve() as served, served.client() as client:
        for method, path in product(("GET", "HEAD", "PUT"), PAGES):
            answer = await client.request(method, path)
            is_page = path == "/" and answer.status_code == 200
            expected = PAGE_POLICY if is_page else DATA_POLICY
            assert answer.headers["content-security-policy"] == expected
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "same-origin"
            expected = "no-cache" if "ETag" in answer.headers else "no-store"
            assert answer.headers["cache-control"] == expected
            assert "server" not in answer.headers
            assert method != "PUT" or answer.status_code == 403


@pytest.mark.parametrize(
    "directive", ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]
)
def test_the_policy_allows_nothing_from_elsewhere(directive):
    assert directive in PAGE_POLICY.split("; ")
    assert "unsafe" not in PAGE_POLICY
    assert "*" not in PAGE_POLICY


async def test_a_name_that_leads_here_is_not_served(serve):
    async with serve() as served, served.client() as client:
        for host, path in product(FOREIGN_HOSTS, PAGES):
            answer = await client.get(path, headers={"Host": host})
            assert answer.status_code == 403, (host, path)
        for host in FOREIGN_HOSTS:
            writer, answer = await by_hand(served, handshake(served, host))
            writer.close()
            assert answer.split()[1] == b"403", host


async def test_this_computer_is_served_by_all_its_names(serve):
    async with serve() as served, served.client() as client:
        for host in ("127.0.0.1", "localhost", "[::1]", "LOCALHOST"):
            answer = await client.get("/api/trend", headers={"Host": f"{host}:{served.port}"})
            assert answer.status_code == 400


async def test_a_foreign_page_cannot_open_the_socket_or_change_anything(serve, history):
    history.add_person("Ada")
    async with serve() as served, served.client() as client, served.tab() as tab:
        body = {"person": "Ada", "token": tab.token, "recordings": False}
        for origin in (*FOREIGN, None):
            with pytest.raises(InvalidStatus) as refused:
                await served.connect(origin=origin)
            assert refused.value.response.status_code == 403
            headers = {} if origin is None else {"Origin": origin}
            for path in ("/api/delete", "/api/export", "/code"):
                assert (await client.post(path, json=body, headers=headers)).status_code == 403
        assert [person.alias for person in history.people()] == ["Ada"]


async def test_without_the_token_nothing_changes(serve, history):
    history.add_person("Ada")
    async with serve() as served, served.client() as client, served.tab() as tab:
        for token in ("", "wrong", "ä", "x" * 200):
            await tab.say("start", person="Ada", protocol=PROTOCOL.name, token=token)
            assert "older than the server" in (await tab.next("problem"))["problem"]
            await tab.say("drive", token=token)
            await tab.next("problem")
            body = {"person": "Ada", "token": token, "recordings": False}
            answer = await client.post("/api/delete", json=body, headers={"Origin": served.origin})
            assert answer.status_code == 400
            assert "older than the server" in answer.json()["problem"]
        assert served.sessions == []
        assert len(history.people()) == 1


async def test_no_path_reaches_the_file_system(serve):
    async with serve() as served:
        for path in TRICKS:
            # Written by hand: a client library would tidy the path.
            request = f"GET {path} HTTP/1.1\r\nHost: {served.host}\r\nConnection: close\r\n\r\n"
            writer, answer = await by_hand(served, request.encode())
            writer.close()
            assert answer.split()[1] in {b"404", b"400"}, path
            assert b"root:" not in answer
            assert b"import" not in answer


async def test_reports_are_found_by_number_in_the_history_alone(serve, history, tmp_path):
    person = history.add_person("Ada")
    session = history.begin_session(
        person, PROTOCOL.name, Mode.ACTIVE, simulated=True, recording=""
    )
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    async with serve() as served, served.client() as client:
        assert (await client.get(f"/reports/{session.id}")).status_code == 404
        history.add_report(session.id, str(secret))
        assert (await client.get(f"/reports/{session.id}")).status_code == 404
        report = tmp_path / "report.html"
        history.add_report(session.id, str(report))
        assert (await client.get(f"/reports/{session.id}")).status_code == 404
        report.write_text("<p>31°</p>", encoding="utf-8")
        answer = await client.get(f"/reports/{session.id}")
        assert answer.text == "<p>31°</p>"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy


async def test_a_body_that_is_wrong_is_refused(serve):
    async with serve() as served, served.client() as client:
        bodies = (b"", b"{", b"[]", b'{"person":1}', b"\xff", b"x" * 20_000)
        for path, body in product(("/api/delete", "/api/export"), bodies):
            answer = await client.post(path, content=body, headers={"Origin": served.origin})
            assert answer.status_code == 400
            assert answer.json()["problem"]


async def test_a_question_that_is_wrong_is_refused_in_a_sentence(serve):
    queries = (
        "",
        "?person=",
        "?person=A&person=B",
        "?person=A&more=1",
        "?person=" + "a" * 81,
        "?person=%00",
        "?task=seated",
        "?person=Nobody",
    )
    async with serve() as served, served.client() as client:
        for query in queries:
            answer = await client.get(f"/api/history{query}")
            assert answer.status_code == 400
            assert answer.json()["problem"].endswith(".")


class Device:
    """Another device that asks the application, without a network between them."""

    def __init__(self, history, folder, address=DEVICE):
        self.codes = []
        self.entry = Entry(self.codes.append)
        service = Service(history, (PROTOCOL,), folder, None, lambda *given: pytest.fail("begun"))
        self.app = live_page(service, self.entry)
        transport = httpx.ASGITransport(self.app, client=(address, 50_000))
        self.client = httpx.AsyncClient(transport=transport, base_url=f"http://{SERVER}:8765")

    async def give(self, code, **headers):
        headers = {"Origin": f"http://{SERVER}:8765"} | headers
        return await self.client.post("/code", data={"code": code}, headers=headers)

    async def opens_socket(self, cookie=""):
        """Whether the socket is opened for a handshake with a cookie."""
        headers = {"host": f"{SERVER}:8765", "origin": f"http://{SERVER}:8765", "cookie": cookie}
        scope = {
            "type": "websocket",
            "path": "/live",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (DEVICE, 50_000),
            "server": (SERVER, 8765),
            "query_string": b"",
            "extensions": {"websocket.http.response": {}},
        }
        sent = []

        async def receive():
            return {"type": "websocket.disconnect" if sent else "websocket.connect", "code": 1000}

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        if sent[0]["type"] == "websocket.accept":
            return True
        assert sent[0]["status"] == 401
        return False


async def test_another_device_sees_nothing_before_it_gives_the_code(history, tmp_path):
    device = Device(history, tmp_path)
    answer = await device.client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/code")
    for path in ("/api/history?person=Ada", "/reports/1", "/nothing"):
        assert (await device.client.get(path)).status_code == 401
    assert not await device.opens_socket()
    page = await device.client.get("/code")
    assert "<form" in page.text
    assert device.codes[-1] not in page.text
    assert (await device.client.get("/static/none")).status_code == 404


async def test_the_code_is_exchanged_for_a_cookie_that_scripts_and_foreign_pages_do_not_get(
    history, tmp_path
):
    device = Device(history, tmp_path)
    code = device.codes[-1]
    answer = await device.give(code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert re.match(r"imu_hip_8765=[\w-]{43}; ", cookie)
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/", "max-age=43200"} <= flags
    assert (await device.client.get("/api/history?person=Ada")).status_code == 400
    assert await device.opens_socket(cookie.partition(";")[0])
    assert not await device.opens_socket("imu_hip_8765=guessed")
    # The code is used up, and the terminal shows a new one.
    assert device.codes[-1] != code
    assert (await device.give(code)).status_code == 403


async def test_five_wrong_codes_lock_the_device_and_no_other(history, tmp_path):
    device = Device(history, tmp_path)
    for _ in range(WRONG_CODES):
        answer = await device.give("12345678x")
        assert answer.status_code == 403
        assert "not right" in answer.text
    answer = await device.give(device.codes[-1])
    assert answer.status_code == 403
    assert "too many wrong codes" in answer.text
    assert "set-cookie" not in answer.headers
    transport = httpx.ASGITransport(device.app, client=("192.168.1.21", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{SERVER}:8765") as other:
        device.client = other
        assert (await device.give(device.codes[-1])).status_code == 303


async def test_a_foreign_page_cannot_give_codes(history, tmp_path):
    device = Device(history, tmp_path)
    for _ in range(2 * WRONG_CODES):
        assert (await device.give("1", Origin="https://evil.example")).status_code == 403
    assert (await device.give(device.codes[-1])).status_code == 303


@pytest.mark.parametrize(
    "body", ["", "code", "code=" + "1" * 20_000, "a=1&b=2&c=3&d=4&e=5&f=6", "%ff"]
)
async def test_a_form_that_is_wrong_is_no_code(history, tmp_path, body):
    device = Device(history, tmp_path)
    headers = {
        "Origin": f"http://{SERVER}:8765",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    answer = await device.client.post("/code", content=body, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_with_other_devices_this_computer_still_needs_no_code(history, tmp_path):
    device = Device(history, tmp_path, "127.0.0.1")
    assert (await device.client.get("/api/history?person=Ada")).status_code == 400
    # Its own address is a name of it, another address is not.
    answer = await device.client.get("/", headers={"Host": "192.168.1.6:8765"})
    assert answer.status_code == 403


async def test_without_other_devices_there_is_no_code(serve):
    async with serve() as served, served.client() as client:
        assert (await client.get("/code")).status_code == 303
        answer = await client.post("/code", data={"code": "1"}, headers={"Origin": served.origin})
        assert answer.status_code == 303
        assert "set-cookie" not in answer.headers
