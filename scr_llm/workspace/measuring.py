"""What a workspace measures: codings against gold, between raters, and one way of asking against another."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scr_llm.workspace.models import CoderName, Models

if TYPE_CHECKING:
    from scr_llm.evaluation.strategies import Asking, Qualification, Trial
    from scr_llm.evaluation.wordings import CodebookHits
    from scr_llm.models.consent import Consent
    from scr_llm.records import Agreement, Fairness, Raters
    from scr_llm.stages.code.learned import Trial as LearnedTheme


class Measuring(Models):
    """Measuring the codings of a workspace."""

    def evaluate(self, gold: Path, coder: CoderName | None = None, *, consent: "Consent | None" = None) -> "Agreement":
        """Compare the codings with gold codings.

        Args:
            gold: a folder of gold codings, or one file of them.
            coder: code the stored readings again with this coder; nothing is stored. None for the stored codings.
            consent: as for `coder`.

        Raises:
            UsageError: a file is not a gold coding, or there is none.
        """
        from scr_llm.evaluation.gold import evaluate, load_gold

        right = load_gold(gold)
        if coder is None:
            return evaluate(self.project, right)
        with self.coder(coder, consent=consent) as ready:
            return evaluate(self.project, right, ready.coder)

    def fairness(self, coder: CoderName = "rules", *, consent: "Consent | None" = None) -> "Fairness":
        """Which cells change when words for ethnicity, sex, place or agency are masked. Nothing is stored.

        Args:
            coder: who codes.
            consent: as for `coder`. A model is asked about each review five times.

        Raises:
            UsageError: no review is coded.
        """
        from scr_llm.evaluation.fairness import fairness

        with self.coder(coder, consent=consent) as ready:
            return fairness(self.project, ready.coder)

    def compare(self, first: str, second: str, *, assisted: bool = False) -> "tuple[Raters, Mapping[str, Raters]]":
        """Compare two raters on all cells, and by theme.

        Args:
            first: coder, rules, person:NAME, or a file or folder of codings.
            second: the same.
            assisted: include decisions made with the coder's suggestion in view.

        Raises:
            UsageError: there is no such rater, or no cell that both rated.
        """
        from scr_llm.evaluation.raters import compare_raters

        return compare_raters(self.project, first, second, assisted=assisted)

    def same_answers(self, first: str, second: str) -> tuple[int, int] | None:
        """On how many cells two people gave the same answer, of how many, as the page and the paper say.

        None unless one of the two reviewed blind what the other decided.

        Args:
            first: person:NAME.
            second: the same.
        """
        from scr_llm.evaluation.raters import same_answers

        return same_answers(self.project, first, second)

    def learn(self) -> "list[LearnedTheme]":
        """Learn from people's decisions. `run` then uses what was learned for the themes where it does better.

        Raises:
            UsageError: there is not enough to learn from, or the extra `learn` is not installed.
        """
        from scr_llm.models.train import learn

        return learn(self.project)

    def qualify(
        self,
        *,
        consent: "Consent | None" = None,
        tried: "Callable[[Trial], None]" = lambda _: None,
        asking: "Callable[[Asking], None]" = lambda _: None,
    ) -> "Qualification":
        """Try each way of asking the model on two made-up reviews, and keep the best in qualified.toml.

        Args:
            consent: as for `coder`.
            tried: called with each trial as it ends.
            asking: called when a way of asking begins, and after each of its questions.

        Raises:
            UsageError: no model is set; or it is remote, and nobody approved it or agreed.
        """
        from scr_llm.evaluation.strategies import qualify_project
        from scr_llm.models.consent import Consent

        return qualify_project(self.project, consent or Consent(), tried, asking)

    def codebook_hits(self) -> "CodebookHits":
        """How many sentences of the coded reviews each general rule and each wording of the codebook finds.

        Raises:
            UsageError: no review is coded.
        """
        from scr_llm.evaluation.wordings import codebook_hits

        return codebook_hits(self.project)
