"""The help of every command: what it does, every option, and examples that can be typed."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.command_lines import EVERY, parse

WIDTH = 80
LEAVES = {names: command for names, command in EVERY.items() if not hasattr(command, "commands")}


def spelled(known):
    return [pytest.param(*one, id=" ".join(one[0][1:]) or "imu-hip") for one in known.items()]


def examples(command):
    """Commands of the help, one a line, after `Example:` or `Examples:`."""
    lines = (command.help or "").splitlines()
    shown = [re.sub(r"^Examples?: ", "", line.strip()) for line in lines]
    return [line for line in shown if line.startswith("imu-hip ")]


@pytest.mark.parametrize(("names", "command"), spelled(EVERY))
def test_every_command_says_in_one_sentence_what_it_does(names, command):
    first = " ".join(command.help.split("\n\n")[0].split())
    assert re.fullmatch(r"[A-Z].+\.", first), first
    # The list of commands shows it whole; it must fit beside the names without being cut.
    assert len(first) < 160


@pytest.mark.parametrize(("names", "command"), spelled(EVERY))
def test_every_argument_and_option_has_help(names, command):
    for parameter in command.params:
        if parameter.name == "help":
            continue
        said = parameter.help or ""
        assert re.fullmatch(r"[A-Z`].{8,}[.?]", said), (parameter.name, said)


@pytest.mark.parametrize(("names", "command"), spelled(LEAVES))
def test_every_command_has_an_example_that_calls_it(names, command):
    shown = examples(command)
    assert shown
    for line in shown:
        assert shlex.split(line)[: len(names)] == list(names)
        assert parse(line) is command


def test_an_example_with_an_option_that_is_none_would_be_found():
    with pytest.raises(Exception, match="No such option"):
        parse("imu-hip analyze run.parquet --passiv prone.parquet")


@pytest.fixture(scope="module")
def rendered():
    """The help of every command as a terminal of 80 columns shows it."""
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from imu_hip.cli.main import app\n"
        "for line in sys.stdin:\n"
        "    done = CliRunner().invoke(app, [*line.split(), '--help'])\n"
        "    assert done.exit_code == 0, line\n"
        "    print(done.stdout + '\\0')\n"
    )
    asked = "\n".join(" ".join(names[1:]) for names in EVERY)
    set_up = os.environ | {"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], input=asked, env=set_up, text=True, capture_output=True,
        check=True,
    )  # fmt: skip
    shown = done.stdout.split("\0\n")
    return dict(zip(EVERY, shown, strict=False))


@pytest.mark.parametrize(("names", "command"), spelled(EVERY))
def test_nothing_is_clipped_at_80_columns(rendered, names, command):
    text = rendered[names]
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    # Rich shortens what does not fit with an ellipsis.
    assert "…" not in text
    for parameter in command.params:
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            assert option in text
    # Choices that do not fit are broken within a word: <one|two|thr and ee> in the next line.
    for line in text.splitlines():
        plain = re.sub("[<>]=", "", line)
        assert plain.count("<") == plain.count(">"), line
    for name in getattr(command, "commands", {}):
        assert re.search(rf"\b{name}\b", text)
    # Only the first paragraph flows; others keep their lines, which must fit between the margins.
    for paragraph in command.help.split("\n\n")[1:]:
        assert max(len(line) for line in paragraph.splitlines()) <= WIDTH - 2, paragraph
    whole = re.sub(r"[\s│]+", " ", text)
    for line in examples(command):
        assert line in whole
