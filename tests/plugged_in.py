"""Another package that adds something to imu_hip, as an installer would leave it behind."""


def plug_in(folder, monkeypatch, group, name, value):
    """Make a folder one of installed packages, with one that adds `name = "value"` to a group."""
    written = folder / "clinic_tools-1.0.dist-info"
    written.mkdir()
    (written / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: clinic-tools\nVersion: 1.0\n", encoding="utf-8"
    )
    (written / "entry_points.txt").write_text(f"[{group}]\n{name} = {value}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
