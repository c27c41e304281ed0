"""Every error a user can meet. Each is raised with one sentence: what was found, what was expected, what to do next.

The command line prints that sentence and exits with 1; nothing else catches these.
"""


class CathartesError(Exception):
    """Base of all errors that are the input's or the situation's fault, not the program's."""


class BadInput(CathartesError):
    """A file or a value is not what its contract says."""


class Refused(CathartesError):
    """A rule of the house forbids the step: a marking, the two-person rule, a state."""


class Unproved(CathartesError):
    """A hash, a signature or a proof does not hold."""


class StoreFailure(CathartesError):
    """The workspace could not be read or written (disk full, locked, no such lead)."""
