"""Every error triptych raises, sorted by who can fix it.

    TriptychError
    ├── DefinitionError     a workflow, brief or brand is wrong: edit the file
    ├── UnreadableFile      a file is missing, no regular file, or too large
    ├── PictureError        a picture that was handed in cannot be used: replace it
    ├── UnknownUnit         an ask names a unit that the run has not
    ├── UnknownConnector    a step names a connector that is not installed
    ├── ConnectorError      a connector's call failed
    │   ├── Unauthorized    the key is missing or refused: fix the environment
    │   ├── Unsupported     the connector cannot express this: change the step
    │   ├── Rejected        the provider read it and said no: change the prompt
    │   ├── Unavailable     nothing is wrong but the moment: the engine retries
    │   ├── Malformed       the answer cannot be read: fix the connector
    │   └── AllFailed       the connector of a step and every fallback of it failed
    ├── ComposeError        the parts do not fit the layout: edit layout or copy
    │   └── TextOverflow    a text is too long for its place; says what would fit
    ├── StoreError          an artifact is missing or its bytes changed
    │   └── StoreUnreachable  an object store refuses us or does not answer
    ├── DiskError           the disk is full or the folder is read-only
    ├── BudgetExceeded      the next call would cost more than the workflow allows
    ├── UnknownCharge       an earlier run's paid call has no known end: a person decides
    ├── RunFailed           units failed; the rest is kept and the next run resumes
    ├── CampaignBusy        another run of the campaign goes on, and the file says refuse
    ├── RunStopped          somebody cancelled the run; the next one resumes
    └── ServerError         the Prefect server cannot be reached or started

A caller that wants to retry catches `Unavailable` and nothing else.
Exit codes: 1 a run failed, 2 the file is wrong, 3 waiting for approval,
4 a connector cannot be used, 5 a paid call of an earlier run may have been charged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class TriptychError(Exception):
    """Base of every error above; `exit_code` is what the CLI returns for it."""

    exit_code: int = 1

    def __reduce__(self) -> Any:
        """Go to another process as it is: errors with keywords cannot be made anew."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[TriptychError], args: Any, more: dict[str, Any]) -> TriptychError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(more)
    return error


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a definition file, where it is, and its stable code."""

    file: str
    line: int  # 1-based, as editors count
    column: int  # 1-based
    path: str  # dotted, e.g. "steps.hero.with.size"
    message: str
    code: str = ""  # e.g. "T301"; `triptych explain T301` tells more
    hint: str = ""  # e.g. "did you mean 'angles'?"
    source: str = ""  # the line of the file, for the caret

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        code = f" [{self.code}]" if self.code else ""
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.path}: {self.message}{hint}{code}"


class DefinitionError(TriptychError):
    """A workflow, brief or brand cannot be used. Lists every problem, not the first."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class UnreadableFile(TriptychError):
    """A file that was named cannot be read; `reason` is a sentence without the path."""

    exit_code = 2

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason


class PictureError(TriptychError):
    """A picture that was handed in cannot be used: says which, why, and the cure."""

    exit_code = 2


class UnknownUnit(TriptychError):
    """An ask is about a unit that the run does not have. Lists those that it has."""

    exit_code = 2


class UnknownConnector(TriptychError):
    """A step names a connector that is not installed. Lists those that are."""

    exit_code = 4


class ConnectorError(TriptychError):
    """A connector's call failed.

    `status` is the HTTP status, or None when there was none; `request_id` is what the
    provider's support asks for, or empty. `charged` says that the provider charges for
    the call although nothing of its answer can be used, and `usage` is then what it cost
    (a `contracts.Usage`); None: not known, counted at the connector's usual price.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        connector: str,
        status: int | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.connector = connector
        self.status = status
        self.request_id = request_id
        self.charged = False
        self.usage: Any = None

    def __str__(self) -> str:
        known = [f"HTTP {self.status}"] if self.status is not None else []
        known += [f"request {self.request_id}"] if self.request_id else []
        return f"{self.connector}: {self.args[0]}" + (
            f" ({', '.join(known)})" if known else ""
        )

    def add(self, note: str) -> None:
        """Append `note` to the message, after a semicolon."""
        self.args = (f"{self.args[0]}; {note}", *self.args[1:])


class Unauthorized(ConnectorError):
    """The provider's key is missing or refused."""

    exit_code = 4


class Unsupported(ConnectorError):
    """The request holds something this connector has no field for.

    Not for limits the provider enforces itself (sizes, quotas, banned words):
    those change without notice, so they are sent and come back as `Rejected`.
    """

    exit_code = 2


class Rejected(ConnectorError):
    """The provider understood the request and refused it. Do not retry."""


class Unavailable(ConnectorError):
    """Timeout, refused connection, rate limit or 5xx. The only retryable error.

    `retry_after` is the wait the provider asked for, in seconds, if it did.
    `maybe_charged` says that the call was sent and nobody knows how it ended: asking
    again might pay twice. `job_over` says that a submitted job is known to have failed:
    it is not collected again, another one is submitted.
    """

    def __init__(
        self,
        message: str,
        *,
        connector: str,
        status: int | None = None,
        request_id: str = "",
        retry_after: float | None = None,
        maybe_charged: bool = False,
    ) -> None:
        super().__init__(message, connector=connector, status=status, request_id=request_id)
        self.retry_after = retry_after
        self.maybe_charged = maybe_charged
        self.job_over = False


class Malformed(ConnectorError):
    """The provider answered with something the connector cannot read."""


class AllFailed(ConnectorError):
    """The connector of a step and every fallback of it failed; names each with its reason.

    Its exit code is that of the first failure: a refused key stays one.
    """

    def __init__(self, errors: Sequence[TriptychError]) -> None:
        first, *others = errors
        message = "; the fallback ".join(["", *map(str, others)])
        super().__init__(f"{first}{message}", connector="")
        self.errors = tuple(errors)
        self.exit_code = first.exit_code

    def __str__(self) -> str:
        return str(self.args[0])


class ComposeError(TriptychError):
    """Copy, image or slides do not fit the layout they were given."""


class TextOverflow(ComposeError):
    """A text does not fit its place; `fits` is how many characters would."""

    def __init__(self, message: str, *, field: str, fits: int) -> None:
        super().__init__(message)
        self.field = field
        self.fits = fits


class StoreError(TriptychError):
    """An artifact is missing, or its bytes no longer match its digest."""


class StoreUnreachable(StoreError):
    """An object store refuses us or does not answer: fix address, key or network."""

    exit_code = 4


class DiskError(TriptychError):
    """The disk is full or the folder is read-only: says which folder and the cure."""


class BudgetExceeded(TriptychError):
    """The next call would cost more than the workflow's budget leaves."""


class UnknownCharge(TriptychError):
    """A paid call of an earlier run has no known end; the workflow does not repeat it."""

    exit_code = 5


class RunFailed(TriptychError):
    """One or more units failed. What was made is kept; the next run resumes."""


class CampaignBusy(TriptychError):
    """Another run of the campaign goes on, and its file says that two may not."""


class RunStopped(TriptychError):
    """Somebody cancelled the run. What was made is kept; the next run resumes."""

    exit_code = 130


class ServerError(TriptychError):
    """The Prefect server cannot be reached or started."""
