"""`imu-hip info` and `imu-hip convert` as a person uses them."""

import json
from pathlib import Path

import pytest

from imu_hip.recording.formats import open_recording


def test_info_says_what_a_recording_holds(seated, cli, saved):
    outcome = cli("info", saved(seated))
    assert outcome.status == 0
    assert outcome.out.splitlines()[0].startswith(str(Path("session.parquet").resolve()))
    for words in ("simulated", "4 sensors", "left thigh", "right shin", "50 Hz", "marked seated"):
        assert words in outcome.said


def test_info_names_gaps_and_lost_samples(seated, without, cli, saved):
    outcome = cli("info", saved(without(seated, 33.0, 43.0, ("left_shin",))))
    row = next(line.split() for line in outcome.out.splitlines() if line.startswith("left shin"))
    samples, lost, gaps = (int(cell) for cell in row[row.index("Hz") + 1 :][:3])
    assert (lost, gaps) == (499, 1)
    assert samples + lost == len(seated.streams["left_thigh"].time_s)


def test_info_on_a_folder_finds_its_only_recording(seated, cli, saved):
    saved(seated)
    assert "session.parquet" in cli("info", ".").said


def test_info_on_a_sidecar_names_what_it_is(seated, refused, saved):
    saved(seated, "session.csv")
    refused("info", "session.markers.csv", words=["session.markers.csv", "Open the recording"])


def test_a_recording_goes_round_all_formats(oriented, cli, saved):
    saved(oriented)
    for source, target in (
        ("session.parquet", "a.csv"),
        ("a.csv", "b.parquet"),
        ("b.parquet", "c.sto"),
    ):
        outcome = cli("convert", source, target)
        assert outcome.status == 0
        assert f"Wrote {target}" in outcome.said
    first, last = open_recording("session.parquet"), open_recording("c.sto")
    assert list(first.streams) == list(last.streams)
    assert open_recording("b.parquet").markers == first.markers
    for segment, stream in first.streams.items():
        other = last.streams[segment]
        assert other.time_s == pytest.approx(stream.time_s, abs=1e-6)
        assert other.q_earth_sensor == pytest.approx(stream.q_earth_sensor, abs=1e-6)


def test_parquet_and_its_csv_give_the_same_results(prone, cli, saved):
    saved(prone)
    cli("convert", "session.parquet", "other.csv")
    documents = []
    for name in ("session.parquet", "other.csv"):
        assert cli("analyze", name, "--json", "r.json").status == 0
        documents.append(json.loads(Path("r.json").read_text(encoding="utf-8")))
    assert documents[0]["results"] == documents[1]["results"]
    assert documents[0]["comparison"] == documents[1]["comparison"]


@pytest.mark.parametrize("target", ["session.xyz", "session", "session.mot", "x.parquet.gz"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(seated, refused, saved, target):
    words = [target, ".parquet, .csv, .sto"]
    refused("convert", saved(seated), target, words=words)


@pytest.mark.parametrize("target", ["session.csv", "../{folder}/session.csv", "link.csv"])
def test_the_input_is_never_the_output(seated, refused, saved, tmp_path, target):
    path = saved(seated, "session.csv")
    (tmp_path / "link.csv").symlink_to(path)
    before = path.read_bytes()
    target = target.format(folder=tmp_path.name)
    refused("convert", "session.csv", target, words=["would be overwritten", "another name"])
    assert path.read_bytes() == before


def test_a_recording_is_not_written_over_its_markers(seated, refused, saved):
    saved(seated, "session.csv")
    before = Path("session.markers.csv").read_bytes()
    refused("convert", "session.csv", "session.markers.csv", words=["lies beside", "another name"])
    assert Path("session.markers.csv").read_bytes() == before


def test_markers_of_another_recording_are_not_overwritten(seated, cli, refused, saved):
    saved(seated)
    foreign = "label,side,start_s,end_s\nwalk,both,1,2\n"
    Path("other.markers.csv").write_text(foreign, encoding="utf-8")
    refused("convert", "session.parquet", "other.csv", words=["other.markers.csv", "another name"])
    assert Path("other.markers.csv").read_text(encoding="utf-8") == foreign


def test_markers_that_say_the_same_stay_as_they_are(oriented, cli, saved):
    saved(oriented, "session.csv")
    sidecar = Path("session.markers.csv")
    noted = "\n".join(f"{line},note" for line in sidecar.read_text(encoding="utf-8").splitlines())
    sidecar.write_text(noted, encoding="utf-8")
    assert cli("convert", "session.csv", "session.sto").status == 0
    Path("session.csv").unlink()
    assert cli("convert", "session.sto", "session.csv").status == 0
    assert sidecar.read_text(encoding="utf-8") == noted


def test_markers_beside_a_parquet_file_are_used_and_named(seated, analysed, cli, saved):
    """The advice of a failing analysis is to write them, in whichever format the recording is."""
    path = saved(seated)
    kept = [m for m in seated.markers if not (m.label == "seated" and m.side == "right")]
    lines = [f"{m.label},{m.side or 'both'},{m.start_s},{m.end_s}" for m in kept]
    text = "\n".join(["label,side,start_s,end_s", *lines])
    Path("session.markers.csv").write_text(text, encoding="utf-8")
    outcome = cli("analyze", path, "--json", "r.json")
    document = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert [result["side"] for result in document["results"]] == ["left"]
    assert "session.markers.csv" in outcome.said


def test_an_existing_output_survives_a_failing_run(seated, without, refused, saved):
    saved(without(seated, 33.0, 43.0, ("left_shin",)))
    Path("out.sto").write_text("precious", encoding="utf-8")
    refused("convert", "session.parquet", "out.sto", words=["gap of 10.0", "Parquet or CSV"])
    assert Path("out.sto").read_text(encoding="utf-8") == "precious"
