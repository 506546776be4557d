"""The command `boligkort`: arguments, one call chain a command, messages, exit status."""


def main() -> None:
    """Run the command line."""
