#!/usr/bin/env python3
"""Ask advisory services about every package that imu_hip needs at run time, in this environment.

Ends with 1 where one has a known vulnerability or was withdrawn, with 2 where no service could be
believed, so that nothing was audited, and else with 0. What was asked of whom is always said: a
service that does not answer, or knows nothing, must not look like a clean bill of health.
"""

import json
import subprocess
import sys
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CANARY = ("pycrypto", "2.6.1")
"""A package, never installed here, whose last version everybody knows to be vulnerable.

A service is believed only where it knows that, too.
"""

ACCEPTED: dict[str, str] = {}
"""Advisories that do not concern imu_hip, by name, each with the reason."""

TIMEOUT_S = 8
AT_ONCE = 8
PIP_AUDIT = (
    *(sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip"),
    *("--format", "json", "--timeout", str(TIMEOUT_S), "--progress-spinner", "off"),
)
PAGE = "https://pypi.org/pypi/{name}/json"
"""What PyPI tells of a package: advisories about its newest version, and what was withdrawn."""


@dataclass
class Answers:
    """What the services said; packages by name and version."""

    by: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)


def main() -> int:
    """Audit this environment."""
    wanted = sorted((name, found.version) for name, found in run_time_set("imu-hip", "all").items())
    wanted.remove(("imu-hip", distribution("imu-hip").version))
    answers = Answers()
    for service in ("osv", "pypi"):
        left = [package for package in wanted if package not in answers.by]
        ask_pip_audit(service, left, answers)
    ask_pages([package for package in wanted if package not in answers.by], answers)
    return told(wanted, answers)


def run_time_set(name: str, *extras: str) -> dict[str, Distribution]:
    """All installed packages that a package needs at run time, with itself, by their name."""
    found: dict[str, Distribution] = {}
    done: set[tuple[str, str]] = set()

    def walk(name: str, extras: set[str]) -> None:
        key = canonicalize_name(name)
        new = {extra for extra in extras | {""} if (key, extra) not in done}
        if not new:
            return
        done.update((key, extra) for extra in new)
        try:
            found[key] = distribution(name)
        except PackageNotFoundError:
            raise SystemExit(f"{name} is needed, but is not installed here") from None
        for line in found[key].requires or ():
            need = Requirement(line)
            if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in new):
                walk(need.name, set(need.extras))

    walk(name, set(extras))
    return found


def ask_pip_audit(service: str, packages: list[tuple[str, str]], answers: Answers) -> None:
    """Ask through pip-audit, which knows the answers about exactly these versions."""
    if not packages:
        return
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "packages.txt"
        listed.write_text("".join(f"{n}=={v}\n" for n, v in [*packages, CANARY]), "utf-8")
        asking = (*PIP_AUDIT, "--requirement", str(listed), "--vulnerability-service", service)
        done = subprocess.run(asking, capture_output=True, text=True, check=False)
    try:
        rows = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        answers.silent.append(f"pip-audit with {service}: {reason[:200]}")
        return
    told = {(r["name"], r["version"]): r["vulns"] for r in rows if "vulns" in r}
    if not told.pop(CANARY, None):
        answers.silent.append(f"pip-audit with {service}: it does not know {'=='.join(CANARY)}")
        return
    for package in set(told) & set(packages):
        answers.by[package] = f"pip-audit with {service}"
        ids = [v["id"] for v in told[package] if not {v["id"], *v["aliases"]} & set(ACCEPTED)]
        answers.faults += [f"{'=='.join(package)}: {name}" for name in ids]


def ask_pages(packages: list[tuple[str, str]], answers: Answers) -> None:
    """Ask the pages of PyPI, which tell what is known about the newest version of each package."""
    if not packages:
        return
    _, known = about_newest(CANARY)
    if not known:
        answers.silent.append(f"PyPI's pages: they do not know {'=='.join(CANARY)}")
        return
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for package, (newest, faults) in zip(
            packages, threads.map(about_newest, packages), strict=True
        ):
            answers.faults += [f"{'=='.join(package)}: {fault}" for fault in faults]
            if newest == package[1] or faults:
                answers.by[package] = "PyPI's pages"


def about_newest(package: tuple[str, str]) -> tuple[str, list[str]]:
    """The newest version of a package, and what is wrong with the version that is asked for."""
    name, version = package
    try:
        with urllib.request.urlopen(PAGE.format(name=name), timeout=TIMEOUT_S) as answer:
            page = json.load(answer)
        newest = str(page["info"]["version"])
        faults = [
            str(found["id"])
            for found in page["vulnerabilities"]
            if newest == version
            and not found.get("withdrawn")
            and not {found["id"], *found.get("aliases", ())} & set(ACCEPTED)
        ]
        files = page["releases"].get(version, ())
        if files and all(file["yanked"] for file in files):
            faults.append(f"withdrawn by its makers: {files[0]['yanked_reason'] or 'no reason'}")
    except (OSError, ValueError, KeyError, TypeError):
        return "", []
    return newest, faults


def told(wanted: list[tuple[str, str]], answers: Answers) -> int:
    """Say what was found and what was not asked; the status to end with."""
    for line in answers.silent:
        print(f"audit: no answer that can be believed from {line}")
    for service in sorted(set(answers.by.values())):
        count = sum(by == service for by in answers.by.values())
        print(f"audit: {count} of {len(wanted)} packages were answered for by {service}")
    missing = ["==".join(package) for package in wanted if package not in answers.by]
    if missing:
        print(f"audit: NOT AUDITED, {len(missing)} packages: {', '.join(missing)}")
    for fault in answers.faults:
        print(f"audit: VULNERABLE {fault}")
    if answers.faults:
        return 1
    if not answers.by:
        print("audit: NOTHING WAS AUDITED")
        return 2
    print(f"audit: no known vulnerability in the {len(answers.by)} packages that were audited")
    return 0


if __name__ == "__main__":
    sys.exit(main())
