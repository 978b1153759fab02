"""The one family of errors that hwsim raises for a user's mistake.

Every message restates the user's own words and names the place; the command line prints it
without a traceback and leaves with the error's exit code (docs/design.md, section 6).
"""

from __future__ import annotations


class HwsimError(Exception):
    """Base of every error that a user can cause; `exit_code` is what the process returns."""

    exit_code = 1


class UsageError(HwsimError):
    """The command line asks for something that cannot be asked for."""

    exit_code = 2


class InvalidInput(HwsimError):
    """A file or folder that the user gave is missing, damaged or says something impossible."""

    exit_code = 3


class DoesNotFit(HwsimError):
    """The network does not fit the chip; the message says which limit and what would fit."""

    exit_code = 4


class BudgetExceeded(HwsimError):
    """A stated `--budget` was exceeded; the result was still written."""

    exit_code = 5
