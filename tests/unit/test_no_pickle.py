"""Nothing in the program turns bytes of a file into code, or words into commands."""

import ast
import json
import pickle
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import imu_hip
from imu_hip.errors import ImuHipError
from imu_hip.recording.formats.registry import open_recording

PACKAGE = Path(imu_hip.__file__).parent
RECORDED = Path(__file__).parents[2] / "recordings" / "simulated_seated.parquet"
MODULES = sorted(PACKAGE.rglob("*.py"))
IMPORTS = {
    *("pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"),
    *("copyreg", "jsonpickle", "yaml", "code", "codeop", "pty", "xmlrpc"),
    # An entity of a few bytes becomes a file of gigabytes.
    *("xml.etree", "xml.dom", "xml.sax", "lxml"),
}
CALLS = {
    *("eval", "exec", "compile", "__import__", "input"),
    *("os.system", "os.popen", "tempfile.mktemp", "np.load", "pd.eval", "pd.read_hdf"),
    *("asyncio.create_subprocess_shell", "subprocess.getoutput", "subprocess.getstatusoutput"),
}
METHODS = {
    *("extractall", "unpack_archive", "read_pickle", "to_pickle", "from_string"),
    *("register_extension_type", "read_serialized"),
}

FORBIDDEN_KEYWORDS = {"shell": True, "allow_pickle": True, "autoescape": False, "verify": False}


def name_of(node):
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def faults_of(text):
    """What is forbidden in a module, with its line."""
    for node in ast.walk(ast.parse(text)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            if any(name == bad or name.startswith(f"{bad}.") for bad in IMPORTS):
                yield f"line {node.lineno}: imports {name}"
        if isinstance(node, ast.Call):
            called = name_of(node.func)
            last = called.rpartition(".")[2]
            if called in CALLS or last in METHODS:
                yield f"line {node.lineno}: calls {called}"
            for keyword in node.keywords:
                value = getattr(keyword.value, "value", None)
                if value is not None and FORBIDDEN_KEYWORDS.get(keyword.arg or "") is value:
                    yield f"line {node.lineno}: {keyword.arg}={value}"


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from marshal import loads",
        "import xml.etree.ElementTree as E",
        "eval('1')",
        "import subprocess\nsubprocess.run('x', shell=True)",
        "np.load('x', allow_pickle=True)",
        "tempfile.mktemp()",
        "archive.extractall()",
        "Environment(autoescape=False)",
        "frame.read_pickle('x')",
    ],
)
def test_what_is_forbidden_is_found(text):
    assert list(faults_of(text))


@pytest.mark.parametrize(
    "text", ["re.compile('x')", "json.loads('1')", "x.shell", "run(shell=False)"]
)
def test_what_is_usual_is_not_found(text):
    assert not list(faults_of(text))


def test_no_module_unpickles_or_evaluates_or_asks_a_shell():
    assert len(MODULES) > 300
    found = {
        path.relative_to(PACKAGE).as_posix(): faults
        for path in MODULES
        if (faults := list(faults_of(path.read_text(encoding="utf-8"))))
    }
    # It refuses document types, which are what makes XML dangerous, and says so in its tests.
    assert found.pop("recording/formats/sensor_places.py", None)
    assert found == {}


class Booby:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def trapped(kind, table, trap):
    """A recording whose metadata ask a careless reader to unpickle something."""
    booby = pickle.dumps(Booby(trap))
    metadata = dict(table.schema.metadata)
    if kind == "extension":
        # The way of CVE-2023-47248: the type of a column is rebuilt by unpickling.
        fields = [
            field.with_metadata(
                {
                    "ARROW:extension:name": "arrow.py_extension_type",
                    "ARROW:extension:metadata": booby,
                }
            )
            for field in table.schema
        ]
        return table.cast(pa.schema(fields, metadata=metadata))
    pandas = {"columns": [], "index_columns": [], "pandas_version": "2", "attributes": booby.hex()}
    return table.replace_schema_metadata({**metadata, b"pandas": json.dumps(pandas).encode()})


@pytest.mark.parametrize("kind", ["extension", "pandas"])
def test_a_recording_that_is_trapped_runs_nothing(tmp_path, kind):
    trap = tmp_path / "sprung"
    pickle.loads(pickle.dumps(Booby(trap)))
    assert trap.exists()
    trap.unlink()
    path = tmp_path / "trapped.parquet"
    pq.write_table(trapped(kind, pq.read_table(RECORDED), trap), path)
    try:
        read = open_recording(path)
    except ImuHipError:
        read = None
    assert not trap.exists()
    assert read is None or read.streams


def test_a_table_with_objects_of_python_is_only_numbers_and_words(tmp_path):
    """What pandas writes for objects is text or bytes, and comes back as such."""
    path = tmp_path / "table.parquet"
    pd.DataFrame({"a": [pickle.dumps(Booby(tmp_path / "sprung"))]}).to_parquet(path)
    assert isinstance(pd.read_parquet(path)["a"][0], bytes)
    assert not (tmp_path / "sprung").exists()
