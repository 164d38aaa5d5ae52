"""Asks the page for hostile paths and says which files were opened meanwhile.

Run in a process of its own: an audit hook cannot be taken away again.
"""

import asyncio
import json
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imu_hip.history.records import Mode
from imu_hip.history.store import open_history
from imu_hip.web.app import live_page
from imu_hip.web.service import Service

WATCHED = {"open", "os.listdir", "os.scandir", "os.chdir", "os.remove", "os.rename", "os.mkdir"}
WORDS = (
    *("..", ".", "", "/", "\\", "//", "%2e%2e", "%2f", "%5c", "%00", "\0", "..%c0%af", "etc"),
    *("passwd", "app.py", "history.db", "main.js", "index.html", "C:", "file:", "~", "*"),
    *("\u2025", "\uff0f", "\u202e", "é", "e\u0301", "1", "-1", "1.pdf", "a" * 4000),
)
BEGINNINGS = ("/static/", "/static", "/reports/", "/reports/1", "/api/", "/code/", "/", "//")
PATHS = st.builds(
    lambda first, parts, glue: first + glue.join(parts),
    st.sampled_from(BEGINNINGS),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=6),
    st.sampled_from(["/", "", "\\", "%2f"]),
)


async def status_of(app, path, method="GET"):
    """The status of a request that no client has tidied."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8765")],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8765),
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"]


def main(folder):
    """Ask, and print what was opened for what as JSON."""
    history = open_history(str(folder / "history.db"), folders=[folder])
    person = history.add_person("Ada")
    session = history.begin_session(person, "x", Mode.ACTIVE, simulated=True, recording="")
    report = folder / "report.html"
    report.write_text("<p>31°</p>", encoding="utf-8")
    history.add_report(session.id, str(report))
    app = live_page(Service(history, (), folder, None, lambda *_: None))
    runner = asyncio.Runner()
    opened, statuses = [], {}
    watching = False

    def hear(event, arguments):
        if watching and event in WATCHED:
            opened.append([event, str(arguments[0])])

    def ask(path):
        nonlocal watching
        watching = True
        try:
            return runner.run(status_of(app, path))
        finally:
            watching = False

    # What is imported or begun at the first request is not of the request.
    for path in ("/", "/static/main.js", "/static/none", "/reports/1", "/reports/2", "/x", "/code"):
        ask(path)
    sys.addaudithook(hear)

    @given(PATHS)
    @settings(
        max_examples=300,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def hostile(path):
        found = ask(path)
        statuses[found] = statuses.get(found, 0) + 1
        own = [str(report)] if path == "/reports/1" else []
        stray = [each for each in opened if each[1] not in own]
        opened.clear()
        assert not stray, (path, stray)

    hostile()
    ask(f"/reports/{session.id}")
    print(json.dumps({"statuses": statuses, "listed": opened, "report": str(report)}))
    history.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
