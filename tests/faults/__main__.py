"""What breaks, by the hour: `python -m tests.faults kills --runs 200`, `... fuzz --help`."""

import sys
from importlib import import_module

# Each is a module of this folder with `main(arguments)`, imported only when it is asked for.
COMMANDS = {"kills": "tests.faults.kills", "fuzz": "tests.faults.fuzz"}


def main(arguments: list[str]) -> None:
    """Run one sub-command with its own arguments."""
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(f"Say what to run: {' or '.join(COMMANDS)}.")
    import_module(COMMANDS[arguments[0]]).main(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
