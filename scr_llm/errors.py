"""The tree of errors. Each says what happened, where, and the next thing to do.

ScrError
    UsageError                the command or a setting is wrong                               exit 2
        CodebookError         the codebook cannot be used: file, line, what to write instead
    RefusedError              a decision or a sign-off cannot be taken as it is               exit 1
        ConflictError         somebody else decided on the cell in the meantime
    DocumentError             one document cannot go on; the others do                        exit 1
        UnreadableError       no text can be had from the file
        CoderError            the coder could not code this document; it can be tried again
            NoReplyError      a model gave no usable reply; `state` says why
    StopError                 asking was stopped: by a person, or because the budget is used up  exit 1
    FileError                 a file cannot be read or written                                exit 3
        BlockedFileError      ... because another program has it open, or it may not be written
    StoreError                the project's database cannot be used                           exit 3
    NothingDoneError          nothing could be done at all                                    exit 3
"""


class ScrError(Exception):
    """Root of all errors that a person is shown without a traceback."""

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        document: str | None = None,
        page: int | None = None,
        stage: str | None = None,
        next_step: str | None = None,
    ) -> None:
        self.message, self.document, self.page, self.stage, self.next_step = message, document, page, stage, next_step
        super().__init__(message)

    def __str__(self) -> str:
        where = "".join((f"{self.document}: " if self.document else "", f"page {self.page}: " if self.page else ""))
        return f"{where}{self.message}" + (f" {self.next_step}" if self.next_step else "")


class UsageError(ScrError):
    """The command, a path or a setting is wrong; nothing was changed."""

    exit_code = 2


class CodebookError(UsageError):
    """The codebook cannot be used; the message names file and line and says what to write instead."""


class RefusedError(ScrError):
    """A decision or a sign-off cannot be taken in as it is. Nothing was changed."""

    exit_code = 1


class ConflictError(RefusedError):
    """Somebody decided on the cell after it was shown. Nothing was changed."""

    def __init__(self, last: int) -> None:
        super().__init__("somebody else decided on this cell in the meantime.", next_step="Look at it again.")
        self.last = last
        """Number of the decision that came in between."""


class DocumentError(ScrError):
    """One document cannot go on. The rest of the batch does."""

    exit_code = 1


class UnreadableError(DocumentError):
    """No text can be had from the file."""


class CoderError(DocumentError):
    """The coder could not code this document. Nothing was stored for it; running again tries again."""


class NoReplyError(CoderError):
    """A model gave no usable reply to a question."""

    def __init__(
        self, message: str, state: str, *, of_model: bool, next_step: str | None = None, wait_s: float | None = None
    ) -> None:
        super().__init__(message, stage="code", next_step=next_step)
        self.wait_s = wait_s
        """Seconds to wait before asking again, as the server wants it; None where it does not say."""
        self.state = state
        """Why, as one word; see `scr_llm.llm.reply.State`."""
        self.of_model = of_model
        """Whether the model itself is why, so that other questions may do better; else the way to it."""


class StopError(ScrError):
    """Asking was stopped before all was asked. What was finished is kept; running again goes on."""

    exit_code = 1


class FileError(ScrError):
    """A file or folder cannot be read or written. What was there before is still there."""

    exit_code = 3


class BlockedFileError(FileError):
    """A file is open in another program, or may not be written."""


class StoreError(ScrError):
    """The project's database cannot be used. Nothing was changed."""

    exit_code = 3


class NothingDoneError(ScrError):
    """Nothing could be done at all."""

    exit_code = 3
