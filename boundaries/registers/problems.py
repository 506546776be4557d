"""Several errors raised as one, so that a user is told all of them at once."""

from collections.abc import Sequence
from typing import NoReturn

from geo.errors import BoligkortError, ReadError, UsageError


class ProjectErrors(UsageError):
    """Several faults of a project file; `errors` holds each of them."""

    def __init__(self, errors: Sequence[UsageError]) -> None:
        self.errors = tuple(errors)
        super().__init__("registers.several_project_errors", _describe(errors))


class RegisterErrors(ReadError):
    """Several input files that cannot be read; `errors` holds each of them.

    The exit status is the highest among them.
    """

    def __init__(self, errors: Sequence[BoligkortError]) -> None:
        self.errors = tuple(errors)
        super().__init__("registers.several_read_errors", _describe(errors))
        self.exit_status = max(error.exit_status for error in errors)


def raise_project_errors(errors: Sequence[UsageError]) -> None:
    """Raise the one error, or all of them as one; nothing where there are none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ProjectErrors(errors)


def raise_register_errors(errors: Sequence[BoligkortError]) -> NoReturn:
    """Raise the one error, or all of them as one `RegisterErrors`."""
    raise errors[0] if len(errors) == 1 else RegisterErrors(errors)


def _describe(errors: Sequence[BoligkortError]) -> dict[str, object]:
    return {"count": len(errors), "problems": "; ".join(str(error) for error in errors)}
