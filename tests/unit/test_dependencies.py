"""What imu_hip needs at run time: its licences, known bad versions, and the audit that CI runs."""

import http.server
import importlib.util
import json
import re
import sys
import threading
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
AUDIT = ROOT / ".ci" / "audit.py"

GOOD_FROM = {
    # Not a vulnerability: older ones integrate some inputs wrongly and silently.
    "vqf": "2.1.1",
    # Templates that are not trusted leave the sandbox (CVE-2025-27516).
    "jinja2": "3.1.6",
    # A request's path or Host moves the host that is believed (CVE-2026-48710, PYSEC-2026-248),
    # and a Range header costs quadratic time (CVE-2025-62727).
    "starlette": "1.3.1",
    # Reading a file runs code that it names (CVE-2023-47248).
    "pyarrow": "14.0.1",
    # A redirect leads past the fetcher that refuses addresses (CVE-2025-68616).
    "weasyprint": "68.0",
    # Script in the dashboard of a cluster (CVE-2026-23528).
    "dask": "2026.1.1",
}
"""First version of a package that is good, so that no older one may be installed."""


@pytest.fixture(scope="module")
def audit():
    if not AUDIT.is_file():
        pytest.skip("the audit is part of the repository, not of the package")
    spec = importlib.util.spec_from_file_location("imu_hip_audit", AUDIT)
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def licences_of(found):
    """What a package says of its licence, as one text of short names."""
    meta = found.metadata
    classified = [c for c in meta.get_all("Classifier") or () if c.startswith("License ::")]
    said = meta.get("License-Expression") or " OR ".join(classified) or meta.get("License") or ""
    return said[:200]


def is_allowed(licence):
    """Whether one of the alternatives of a licence is none of the GPL or AGPL; LGPL is allowed."""
    strict = re.compile(r"(?<!L)A?GPL|(?<!Lesser )General Public|Affero")
    return any(
        all(not strict.search(part) for part in re.split(r"\bAND\b", choice))
        for choice in re.split(r"\bOR\b", licence)
    )


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("LGPL-3.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("GPL-2.0-or-later OR MPL-1.1", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v2 (LGPLv2)", True),
    ],
)
def test_which_licences_are_allowed(licence, allowed):
    assert is_allowed(licence) is allowed


def test_nothing_is_under_the_gpl_at_run_time(audit):
    found = audit.run_time_set("imu-hip", "all")
    assert {"numpy", "starlette", "websockets", "distributed", "psycopg", "imu-hip"} <= set(found)
    refused = {name: licences_of(one) for name, one in found.items()}
    assert {name: said for name, said in refused.items() if not is_allowed(said)} == {}


def test_no_version_known_to_be_bad_can_be_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    listed = [*project["dependencies"], *(line for extra in extras for line in extra)]
    needs = [Requirement(line) for line in listed]
    for name, first in GOOD_FROM.items():
        limits = [limit for need in needs if need.name == name for limit in need.specifier]
        lowest = [limit.version for limit in limits if limit.operator == ">="]
        assert lowest, name
        assert not any(SpecifierSet(f"<{first}").contains(version) for version in lowest), name


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers as PyPI's pages do, with what the test puts in `known`."""

    known: ClassVar = {}

    def do_GET(self):
        body = json.dumps(self.known.get(self.path.strip("/"), {})).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def page(version, *advisories, yanked=False):
    return {
        "info": {"version": version},
        "vulnerabilities": [{"id": name, "aliases": []} for name in advisories],
        "releases": {version: [{"yanked": yanked, "yanked_reason": "broken"}]},
    }


@contextmanager
def pages_with(audit, monkeypatch, **known):
    monkeypatch.setattr(Pages, "known", known)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(audit, "PAGE", f"http://127.0.0.1:{server.server_port}/{{name}}")
        yield
        server.shutdown()


WANTED = [("alpha", "1.0"), ("beta", "2.0")]


def audited(audit, monkeypatch, **known):
    answers = audit.Answers()
    with pages_with(audit, monkeypatch, **known):
        audit.ask_pages(WANTED, answers)
    return audit.told(WANTED, answers)


def test_a_known_vulnerability_fails_the_audit(audit, monkeypatch, capsys):
    canary = page("2.6.1", "PYSEC-2018-97")
    known = {"pycrypto": canary, "alpha": page("1.0", "CVE-1"), "beta": page("2.0")}
    assert audited(audit, monkeypatch, **known) == 1
    assert "VULNERABLE alpha==1.0: CVE-1" in capsys.readouterr().out
    known["alpha"] = page("1.0", yanked=True)
    assert audited(audit, monkeypatch, **known) == 1
    assert "withdrawn by its makers: broken" in capsys.readouterr().out


def test_what_was_not_asked_is_said(audit, monkeypatch, capsys):
    # What is known of version 1.1 says nothing about version 1.0.
    canary = page("2.6.1", "PYSEC-2018-97")
    known = {"pycrypto": canary, "alpha": page("1.1"), "beta": page("2.0")}
    assert audited(audit, monkeypatch, **known) == 0
    out = capsys.readouterr().out
    assert "NOT AUDITED, 1 packages: alpha==1.0" in out
    assert "1 of 2 packages" in out


@pytest.mark.parametrize("canary", [{}, page("2.6.1")])
def test_a_service_that_knows_nothing_is_not_believed(audit, monkeypatch, capsys, canary):
    known = {"pycrypto": canary, "alpha": page("1.0"), "beta": page("2.0")}
    assert audited(audit, monkeypatch, **known) == 2
    assert "NOTHING WAS AUDITED" in capsys.readouterr().out


def test_a_service_that_does_not_answer_is_not_believed(audit, monkeypatch, capsys):
    answers = audit.Answers()
    # Nothing listens on the port of nobody.
    monkeypatch.setattr(audit, "PAGE", "http://127.0.0.1:9/{name}")
    audit.ask_pages(WANTED, answers)
    assert audit.told(WANTED, answers) == 2
    assert "NOTHING WAS AUDITED" in capsys.readouterr().out
