"""The errors people can act on.

Every message is one sentence for the person who can mend it: what is wrong,
where (file, line, column) and what was expected. The command line prints it and
exits with status 1; the dashboard shows it in a designed state.
"""

from __future__ import annotations


class VigieError(Exception):
    """Base of every refusal that Vigie 311 explains in a sentence."""


class InputRefused(VigieError, ValueError):
    """A file, value or option that cannot be taken as it is.

    `code` says why to programs, where a screen has words of its own for it (`refusal` of the catalogues).
    """

    def __init__(self, *sentence: object, code: str = "refused") -> None:
        super().__init__(*sentence)
        self.code = code


class StoreUnavailable(VigieError, ConnectionError):
    """The request store cannot be reached, or stopped answering; it is as it was before."""

    code = "store_away"


class MartMissing(VigieError, FileNotFoundError):
    """There is no readable mart; the message says which command makes one."""

    code = "mart_missing"
