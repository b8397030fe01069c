"""The tree of errors. Each says what happened, where, and what to do next.

ScrError
    UsageError                 the command or a setting is wrong                                exit 2
        MissingExtraError      an optional part of the program is not installed
        CodebookError          the codebook cannot be used: file, line, what to write instead
    RefusedError               a decision or a sign-off cannot be accepted                      exit 1
        ConflictError          somebody else has decided on the cell in the meantime
        ChangedFileError       the codebook was changed after it was opened
    DocumentError              one document cannot go on; the others do                         exit 1
        UnreadableError        no text can be read from the file
        CoderError             the coder could not code this document; it can be tried again
            NoReplyError       a model gave no usable reply; `state` says why
    StopError                  a person, or a budget that is used up, stopped the run           exit 1
    FileError                  a file cannot be read or written                                 exit 3
        BlockedFileError       another program has the file open, or permission is missing
    StoreError                 the project's database cannot be used                            exit 3
    NothingDoneError           nothing could be done at all                                     exit 3
"""


class ScrError(Exception):
    """Root of all errors that are shown to a person without a traceback."""

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
        gap = "" if self.message.endswith("\n") else " "
        return f"{where}{self.message}" + (f"{gap}{self.next_step}" if self.next_step else "")


class UsageError(ScrError):
    """The command, a path or a setting is wrong. Nothing was changed."""

    exit_code = 2


class MissingExtraError(UsageError):
    """An optional part of the program is not installed."""

    def __init__(self, needs: str, extra: str, *, otherwise: str = "") -> None:
        """Say how to install it.

        Args:
            needs: what needs which part: “learning needs scikit-learn”.
            extra: the name of the extra.
            otherwise: what to do instead, to end the sentence.
        """
        instead = f"; {otherwise}" if otherwise else ""
        # Double quotes, because the command prompt of Windows does not take single ones for quotes.
        super().__init__(
            f"{needs}, which is not installed.", next_step=f'Install it: pip install "scr-llm[{extra}]"{instead}.'
        )


class CodebookError(UsageError):
    """The codebook cannot be used. The message names the file and the line, and says what to write instead."""


class RefusedError(ScrError):
    """A decision or a sign-off cannot be accepted. Nothing was changed."""

    exit_code = 1


class ConflictError(RefusedError):
    """Somebody else decided on the cell after it was shown. Nothing was changed."""

    def __init__(self, last: int) -> None:
        super().__init__("somebody else has decided on this cell in the meantime.", next_step="Look at it again.")
        self.last = last
        """Number of the decision that was made in the meantime."""


class ChangedFileError(RefusedError):
    """A file was changed by somebody else after it was opened. It stays as they left it."""


class DocumentError(ScrError):
    """One document cannot go on. The rest of the batch goes on."""

    exit_code = 1


class UnreadableError(DocumentError):
    """No text can be read from the file."""


class CoderError(DocumentError):
    """The coder could not code this document. Nothing was stored for it; the next run tries again."""


class NoReplyError(CoderError):
    """A model gave no usable reply to a question."""

    def __init__(
        self,
        message: str,
        state: str,
        *,
        model_at_fault: bool,
        next_step: str | None = None,
        wait_s: float | None = None,
    ) -> None:
        super().__init__(message, stage="code", next_step=next_step)
        self.wait_s = wait_s
        """Seconds to wait before asking again, as the server asked; None where it did not say."""
        self.state = state
        """Why, in one word; see `scr_llm.llm.reply.State`."""
        self.model_at_fault = model_at_fault
        """Whether the model is at fault, so that other questions may do better; if not, the connection to it is."""


class StopError(ScrError):
    """The run was stopped before every question was asked. What was finished is kept; the next run goes on."""

    exit_code = 1


class FileError(ScrError):
    """A file or folder cannot be read or written. What was there before is unchanged."""

    exit_code = 3


class BlockedFileError(FileError):
    """A file is open in another program, or there is no permission to use it."""


class StoreError(ScrError):
    """The project's database cannot be used. Nothing was changed."""

    exit_code = 3


class NothingDoneError(ScrError):
    """Nothing could be done at all."""

    exit_code = 3
