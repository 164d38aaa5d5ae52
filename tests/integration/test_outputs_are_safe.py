"""Where results cannot be written, and that nothing that exists is lost."""

import os
from pathlib import Path

import pytest


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def session(seated, saved):
    return saved(seated, "session.csv")


@pytest.mark.parametrize("command", [["info"], ["analyze"]])
def test_inputs_are_never_modified(session, cli, command):
    session.chmod(0o400)
    before = contents(Path())
    assert cli(*command, session).status == 0
    after = contents(Path())
    assert {path: after[path] for path in before} == before


@pytest.mark.parametrize(
    ("option", "target"),
    [
        ("--out", "{blocked}/report"),
        ("--out", "{blocked}"),
        ("--angles", "{blocked}/a.csv"),
        ("--json", "{blocked}/a.json"),
        ("--angles", "nowhere/a.csv"),
        ("--json", "nowhere/a.json"),
        ("--json", "."),
        ("--out", "/proc/imu_hip/report"),
        ("--angles", "/proc/a.csv"),
        ("--json", "/proc/a.json"),
    ],
)
def test_a_place_that_cannot_be_written(session, refused, tmp_path, option, target):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder", encoding="utf-8")
    target = target.format(blocked=blocked)
    refused("analyze", session, option, target, words=[target.partition("/report")[0]])
    assert blocked.read_text(encoding="utf-8") == "a file, not a folder"


@pytest.mark.parametrize("target", ["nowhere/a.parquet", "session.csv/a.sto", "/proc/a.csv"])
def test_a_place_that_nothing_can_be_converted_to(session, refused, target):
    refused("convert", session, target, words=[target, "folder"])


@pytest.mark.parametrize("name", ["session.csv", "session.markers.csv", "session.toml", "link"])
@pytest.mark.parametrize("option", ["--angles", "--json"])
def test_a_result_does_not_overwrite_the_recording(session, refused, name, option):
    Path("link").symlink_to(session)
    Path("session.toml").touch()
    before = contents(Path())
    refused("analyze", "session.csv", option, name, words=["would be overwritten", "another name"])
    assert contents(Path()) == before


def test_a_result_does_not_overwrite_a_sensor_file_of_a_folder(session, refused):
    Path("folder").mkdir()
    session.rename("folder/session.csv")
    before = contents(Path())
    words = ["belongs to what is read", "another name"]
    refused("analyze", "folder", "--angles", "folder/session.csv", words=words)
    assert contents(Path()) == before


def test_two_results_do_not_share_a_file(session, refused):
    refused("analyze", session, "--angles", "a", "--json", "./a", words=["two results"])


def test_a_failing_run_leaves_older_results(session, refused):
    for name in ("a.csv", "a.json"):
        Path(name).write_text("precious", encoding="utf-8")
    session.write_text(session.read_text(encoding="utf-8")[:5000], encoding="utf-8")
    words = ["session.csv"]
    refused("analyze", session, "--angles", "a.csv", "--json", "a.json", words=words)
    assert Path("a.csv").read_text(encoding="utf-8") == "precious"
    assert Path("a.json").read_text(encoding="utf-8") == "precious"


def test_a_linked_result_stays_linked(session, cli):
    Path("results").mkdir()
    Path("results/r.json").touch()
    Path("r.json").symlink_to("results/r.json")
    assert cli("analyze", session, "--json", "r.json").status == 0
    assert Path("r.json").is_symlink()
    assert Path("results/r.json").stat().st_size > 1000


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="needs a device to write to")
def test_a_device_is_written_to_and_not_replaced(session, cli):
    assert cli("analyze", session, "--json", os.devnull).status == 0
    assert Path(os.devnull).is_char_device()


def test_sessions_in_dated_folders_keep_their_own_reports(session, cli):
    for day in ("2024.05.01", "2024.05.02"):
        Path(day).mkdir()
        Path(day, "session.csv").write_bytes(session.read_bytes())
        Path(day, "session.markers.csv").write_bytes(Path("session.markers.csv").read_bytes())
        assert cli("analyze", day, "--out", "reports").status == 0
    assert sorted(p.name for p in Path("reports").iterdir()) == [
        "2024.05.01.html",
        "2024.05.02.html",
    ]


@pytest.mark.parametrize(
    "name",
    ["my session.csv", "séance 日本.csv", "a [red]b[x].csv", "x[/red].csv", "-a.csv", "~.csv"],
)
def test_any_file_name_is_only_a_name(seated, cli, saved, name):
    Path(name).parent.mkdir(exist_ok=True)
    saved(seated, name)
    place = f"./{name}"
    assert name in cli("info", place).out
    outcome = cli("analyze", place, "--out", "report")
    assert outcome.status == 0
    assert outcome.out.splitlines()[0] == Path(name).name
    assert Path("report", f"{Path(name).stem}.html").is_file()
    assert cli("convert", place, "out.parquet").status == 0


def test_a_tilde_is_not_the_home_folder(refused):
    refused("info", "~/session.parquet", words=["no file ~/session.parquet"])
