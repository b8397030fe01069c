"""What a workspace does with models: it prepares coders, shows what would be sent, and asks by batch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scr_llm.workspace.folder import Folder

if TYPE_CHECKING:
    from scr_llm.models.batches import BatchFile, CollectedBatch, KeptReplies, SentBatch, Settled
    from scr_llm.models.coders import ReadyCoder
    from scr_llm.models.consent import Consent, ModelPlace
    from scr_llm.models.preview import Preview

CoderName = Literal["rules", "llm"]
"""The embedded coder, or the model that project.toml names."""


class Models(Folder):
    """A workspace's coders and its model."""

    def default_coder(self) -> CoderName:
        """The default coder: the model if project.toml names one, otherwise the embedded coder."""
        return "llm" if self.project.settings.llm.is_set else "rules"

    @contextmanager
    def coder(
        self, name: CoderName | None = None, *, consent: "Consent | None" = None, replay: Path | None = None
    ) -> Iterator["ReadyCoder"]:
        """Prepare a coder, which can be used until the end of the block.

        Args:
            name: which coder; None for the default.
            consent: asks a person before text is sent to a remote model. Without it, nothing is sent to one.
            replay: for `llm`, a file of recorded replies to answer from; nothing is sent.

        Raises:
            UsageError: no model is set; or it is remote, and nobody approved it or agreed.
        """
        from scr_llm.models.coders import choose_coder
        from scr_llm.models.consent import Consent

        default: CoderName = "llm" if replay else self.default_coder()
        chosen = choose_coder(self.project, name or default, consent or Consent(), replay=replay)
        try:
            yield chosen
        finally:
            chosen.close()

    def model(self) -> "ModelPlace":
        """Which model is set, where it is, and whether text may go there. Nothing is asked."""
        from scr_llm.models.consent import place_of

        return place_of(self.project)

    def model_answers(self) -> str:
        """Whether the model's server answers, in words. Only its list of models is requested."""
        from scr_llm.models.coders import answers

        return answers(self.project)

    def preview(self, file: str | None = None) -> "Preview":
        """What a run would send to the model about the waiting documents, or about one of them. Sends nothing.

        Raises:
            UsageError: no model is set, or the file is not waiting to be coded.
        """
        from scr_llm.models.preview import preview

        return preview(self.project, file)

    def write_batch(self) -> "BatchFile":
        """The open questions as the file of a batch, for a person to take elsewhere. Sends nothing.

        Raises:
            NothingDoneError: no question is open.
        """
        from scr_llm.models.batches import write

        return write(self.project)

    def send_batch(
        self,
        *,
        consent: "Consent | None" = None,
        sent_as: str | None = None,
        not_sent: bool = False,
        settled: "Callable[[Settled], None]" = lambda _: None,
    ) -> "SentBatch | None":
        """Send the open questions to the model as one batch; None if nothing but an interrupted one was settled.

        Args:
            consent: as for `coder`.
            sent_as: what a person found out about an interrupted batch: it arrived, and this is its id.
            not_sent: what a person found out about an interrupted batch: it did not arrive.
            settled: called with what became of each batch whose sending was interrupted.

        Raises:
            UsageError: the model takes no batches, or nobody agreed.
            NothingDoneError: no question is open, or it is not known whether an interrupted batch arrived.
        """
        from scr_llm.models.batches import send
        from scr_llm.models.consent import Consent

        return send(self.project, consent or Consent(), sent_as=sent_as, not_sent=not_sent, settled=settled)

    def collect_batches(self) -> "Iterator[Settled | CollectedBatch]":
        """Keep the replies of finished batches. Each batch is fetched when the iterator comes to it.

        Raises:
            NothingDoneError: no batch is under way.
        """
        from scr_llm.models.batches import collect

        return collect(self.project)

    def read_batch(self, results: str) -> "KeptReplies":
        """Keep the replies of a batch that was answered elsewhere: JSON lines, as hosted batches write them."""
        from scr_llm.models.batches import keep

        return keep(self.project, results)
