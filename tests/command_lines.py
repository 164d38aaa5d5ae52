"""Every command of the program, and commands as text, read but not run."""

import shlex

from typer.main import get_command

from imu_hip.cli.main import app

ROOT = get_command(app)


def commands(group=ROOT, names=("imu-hip",)):
    """Every command with the words that call it, groups as well."""
    yield names, group
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*names, name))


EVERY = dict(commands())


def options_of(command):
    """Every spelling of every option of a command."""
    spelled = (option for p in command.params for option in (*p.opts, *p.secondary_opts))
    return {*spelled, "--help"}


def parse(line):
    """Read a command as it would be, without running it; the command that it calls."""
    context, command, rest = None, ROOT, shlex.split(line)
    while True:
        context = command.make_context(rest[0], rest[1:], parent=context)
        if not hasattr(command, "commands"):
            return command
        # What a group did not take itself is the command in it, with its arguments.
        rest = [*context._protected_args, *context.args]
        name, command, _ = command.resolve_command(context, rest)
        rest = [name, *rest[1:]]
