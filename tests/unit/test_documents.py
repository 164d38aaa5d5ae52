"""What the documents name exists, and what exists is named."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields

import pytest

from imu_hip.bluetooth.drivers.registry import DRIVERS, driver_named
from imu_hip.bluetooth.virtual.guided_plan import GUIDED_SETTINGS
from imu_hip.bluetooth.virtual.plan import PROFILES, HappeningKind, VirtualPlan, parse_plan
from imu_hip.guidance.protocol_file import BUILT_IN
from imu_hip.measures.norms import all_norms
from imu_hip.names import MarkerLabel
from imu_hip.recording.formats.registry import FORMATS
from tests.benchmark.__main__ import PARTS
from tests.command_lines import EVERY, options_of
from tests.documents import (
    DOCUMENTS,
    README,
    ROOT,
    anchor,
    blocks,
    links,
    prose,
    section,
    set_as_code,
    tables,
)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FIRMWARE_NOTES = (ROOT / "firmware_notes" / "README.md").read_text(encoding="utf-8")
EXTRAS = PROJECT["project"]["optional-dependencies"]
EACH = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def first_words(cell):
    """What a cell names in backticks."""
    return re.findall(r"`([^`]+)`", cell)


@EACH
def test_every_link_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for target in links(text):
        if target.startswith("https://"):
            continue
        file, _, place = target.partition("#")
        page = path.parent / file if file else path
        assert page.exists(), target
        if place:
            headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert place in map(anchor, headings), target


def commands_in(path):
    """Commands of a document, in its text and in its blocks, with what follows them."""
    text = path.read_text(encoding="utf-8")
    yield from (word for word in set_as_code(text) if word.startswith("imu-hip "))
    for block in blocks():
        if ROOT / block.document == path:
            yield from re.findall(r"imu-hip .*", block.text.replace("&&", "\n"))


def named(line):
    """The command that a line names, as words, and what follows; placeholders may follow."""
    words = shlex.split(line.replace("…", " … "))
    known = ("imu-hip",)
    while words[len(known) :] and (*known, words[len(known)]) in EVERY:
        known = (*known, words[len(known)])
    return known, words[len(known) :]


@EACH
def test_every_command_that_is_named_exists_with_its_options(path):
    for line in commands_in(path):
        names, rest = named(line)
        assert len(names) > 1 or rest[0] == "COMMAND", line
        given = {word for word in rest if word.startswith("--")}
        assert given <= options_of(EVERY[names]), line


def test_every_command_is_in_the_table_and_every_option_of_its_row_is_its_own():
    rows = tables(section("Commands"))[0]
    told = []
    for command, what in rows:
        names, _ = named(first_words(command)[0])
        told.append(names)
        below = {n[-1] for n in EVERY if n[:-1] == names}
        words = {word.split()[0] for word in first_words(what)}
        assert below <= words, (names, below - words)
        options = {word for word in words if word.startswith("--")}
        assert options <= options_of(EVERY[names]), names
    # A group is listed after the commands of its panel; else the order is that of the help.
    groups = {names for names, command in EVERY.items() if hasattr(command, "commands")}
    every = [names for names in EVERY if len(names) == 2]
    assert sorted(told) == sorted(every)
    assert [names for names in told if names not in groups] == [
        names for names in every if names not in groups
    ]


def test_options_in_the_text_belong_to_some_command():
    everywhere = set().union(*map(options_of, EVERY.values()))
    for path in DOCUMENTS:
        words = " ".join(set_as_code(path.read_text(encoding="utf-8"))).split()
        for word in words:
            # Those of other tools stand in the table for developers.
            if word.startswith("--") and word not in {"--check", "--runs", "--atheris"}:
                assert word in everywhere, (path.name, word)


def test_the_protocols_are_those_that_come_along():
    (rows,) = tables(section("Guided tests and stretches"))[:1]
    assert tuple(first_words(row[0])[0] for row in rows) == BUILT_IN


def test_every_format_that_is_read_is_told():
    rows = " ".join(cell for row in tables(section("Formats"))[0] for cell in row)
    # The journal is what a crash leaves, and told where crashes are.
    words = {
        "Parquet": "our Parquet",
        "generic CSV": "any other CSV",
        "OpenSense": "OpenSense",
        "Movella DOT": "Movella DOT app CSV",
        "Xsens text": "Xsens MT text",
        "iSen": "STT iSen",
        "long CSV": "our CSV",
        "x-IMU3": "x-IMU3",
        "journal": None,
    }
    assert words.keys() == {known.name for known in FORMATS}
    for told in filter(None, words.values()):
        assert told in rows
    # The notes tell of those that come from sensors and programs of others.
    notes = section("Recordings that are read from files", FIRMWARE_NOTES)
    for told in ("Movella DOT", "Xsens MT", "x-IMU3", "STT iSen", "OpenSense", "anything else"):
        assert f"| {told} |" in notes


def test_every_kind_of_sensor_is_in_both_tables_with_its_abilities():
    assert set(PROFILES) == {driver.name for driver in DRIVERS}
    rows = tables(FIRMWARE_NOTES)[0]
    noted = {first_words(row[2])[0]: row for row in rows}
    assert noted.keys() == {driver.name for driver in DRIVERS}
    (rows,) = tables(section("Record with sensors"))
    words = {"dot": "DOT", "capture2go": "Capture2Go", "open": "open", "witmotion": "WitMotion"}
    assert len(rows) == len(words)
    for name, word in words.items():
        driver = driver_named(name)
        (row,) = (row for row in rows if word in row[0])
        assert row[1] == f"{max(driver.sampling_rates_hz):g} Hz"
        assert (row[2] == "no") == (driver.recorder is None)
        assert ("synchronised" in row[3]) == (driver.sync is not None)
        assert ("none" in row[3]) == (driver.clock.tick_s is None)
        assert (noted[name][5] == "no") == (driver.recorder is None)


def test_the_plan_of_virtual_sensors_is_told_whole():
    (told,) = re.findall(r"The plan behind `--virtual`.*?\n\n", README, re.DOTALL)
    words = {word.split("=")[0] for word in re.findall(r"`([^`]+)`", told)}
    settings = {f.name for f in fields(VirtualPlan)} - {"profile", "happenings", "person"}
    assert settings | set(GUIDED_SETTINGS) | set(HappeningKind) | set(PROFILES) <= words
    example = " ".join(word for word in re.findall(r"`([^`]+)`", told) if word.startswith("fault"))
    assert parse_plan(f"dot,play=guided,{example},left=36/41").person.faults


def test_extras_are_those_of_the_package_and_each_is_told():
    asked = re.findall(r"\.\[(\w+)\]", README)
    assert set(asked) <= set(EXTRAS)
    assert set(EXTRAS) == set(asked)


def test_parts_of_the_benchmark_and_floors_are_those_of_the_code():
    told = section("For developers")
    parts = re.findall(r"parts are\s+`([^`]+)`", told)
    assert parts[0].split() == list(PARTS)
    (floors,) = (
        contract["layers"]
        for contract in PROJECT["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    (below,) = re.findall(r"The floors, from the ground:(.*?)\n\n", f"{told}\n\n", re.DOTALL)
    named_there = [name for words in re.findall(r"`([^`]+)`", below) for name in words.split()]
    for layer in reversed(floors):
        for package in layer.split(" | "):
            assert package.removeprefix("imu_hip.") in named_there


def test_variables_of_the_environment_are_told_where_they_are_read():
    used = set()
    for path in (ROOT / "imu_hip").rglob("*.py"):
        used |= set(re.findall(r'"(IMU_HIP_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    told = set(re.findall(r"\bIMU_HIP_[A-Z_]+\b", README))
    assert used <= told
    for name in told - used:
        assert any(name in path.read_text(encoding="utf-8") for path in ROOT.glob("tests/*.py"))


def test_keys_of_the_page_are_those_that_it_knows():
    script = (ROOT / "imu_hip/web/static/commands.js").read_text(encoding="utf-8")
    (known,) = re.findall(r"KEY = (\{.*?\});", script)
    keys = set(re.findall(r'"(\w+)"', known))
    told = section("Guided tests and stretches")
    for key in keys:
        assert f"(`{'Esc' if key == 'Escape' else key}`)" in told


def test_labels_of_markers_are_all_told():
    (labels,) = re.findall(r"^Labels: `([^`]+)`", README, re.MULTILINE)
    assert labels.split() == [label.value for label in MarkerLabel]


def test_python_is_the_one_that_is_asked_for():
    (version,) = re.findall(r"Python (\d\.\d+) or newer", README)
    assert PROJECT["project"]["requires-python"] == f">={version}"


def test_every_golden_table_of_the_notes_is_read_by_a_test():
    read = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests/protocol").glob("*.py")
    )
    notes = [path for path in DOCUMENTS if path.parent.name == "firmware_notes"]
    for path in notes:
        text = prose(path.read_text(encoding="utf-8"))
        for heading, below in re.findall(r"^#+ (.+)\n((?:(?!#).*\n?)*)", text, re.MULTILINE):
            if re.search(r"^\| *name *\| *hex *\| *meaning *\|", below, re.MULTILINE):
                assert f'"{heading}"' in read, (path.name, heading)
                assert f'"{path.stem}"' in read
    assert {path.name for path in notes if path.name != "README.md"} <= set(
        links((ROOT / "firmware_notes/README.md").read_text(encoding="utf-8"))
    )


def test_uuids_of_the_notes_are_in_the_code():
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "imu_hip" / "bluetooth").rglob("*.py")
    )
    for path in ROOT.glob("firmware_notes/*.md"):
        for uuid in re.findall(r"`([0-9a-f]{8}-[0-9a-f-]{27})`", path.read_text(encoding="utf-8")):
            head, tail = uuid[:8], uuid[8:]
            assert uuid in code or (head in code and tail[-12:] in code), (path.name, uuid)


def test_every_recording_that_comes_along_is_told_and_none_else():
    folder = ROOT / "recordings"
    (rows,) = tables((folder / "README.md").read_text(encoding="utf-8"))
    told = {first_words(row[0])[0] for row in rows}
    assert told == {path.name for path in folder.glob("*.parquet")}


def test_a_row_is_all_that_a_norm_needs(tmp_path):
    # In a copy of the program, since the file of norms is part of it.
    copy = shutil.copytree(
        ROOT / "imu_hip", tmp_path / "imu_hip", ignore=shutil.ignore_patterns("__pycache__")
    )
    with (copy / "measures" / "norms.csv").open("a", encoding="utf-8") as file:
        file.write('prone,female,dancers,40,45.5,8.0,50.5,9.0,"A study of dancers"\n')
    code = (
        "import imu_hip.measures.norms as norms; from imu_hip.names import Direction, Sex, Task;"
        "print(norms.__file__);"
        "print(norms.norms_for(Task.PRONE, Direction.EXTERNAL, Sex.FEMALE)[-1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    file, norm = done.stdout.splitlines()
    assert file.startswith(str(copy))
    assert "mean_deg=50.5, sd_deg=9.0, n=40, population='dancers'" in norm
    told = README[README.index("| a norm |") :].split("\n")[0]
    assert (
        {row.position.value for row in all_norms()} == {"seated", "prone"} <= set(first_words(told))
    )


def test_the_commands_for_faults_are_those_there_are():
    from tests.faults.__main__ import COMMANDS  # noqa: PLC0415

    told = set(re.findall(r"python -m tests\.faults (\w+)", README))
    assert told == set(COMMANDS)
    for name in told:
        (line,) = re.findall(rf"`python -m tests\.faults {name}[^\n]*", README)
        code = (ROOT / "tests" / "faults" / f"{COMMANDS[name].rsplit('.', 1)[1]}.py").read_text(
            "utf-8"
        )
        for option in re.findall(r"--\w+", line):
            assert f'"{option}"' in code


def test_every_example_is_told():
    scripts = {f"tests/examples/{path.name}" for path in ROOT.glob("tests/examples/[!t]*.py")}
    assert scripts <= set(links(README))


def test_nothing_that_other_packages_may_add_is_told_wrong():
    from imu_hip import plug_ins  # noqa: PLC0415

    told = section("Adding something")
    for group in (plug_ins.DRIVERS, plug_ins.FORMATS):
        assert f"`{group}`" in told
