"""The embedded coder: what it weighs, what stops a sentence, and that its evidence is in the text."""

from pathlib import Path

import pytest

from scr_llm.codebook import load_codebook
from scr_llm.records import Mark, Page, Reading, Section
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity, mean_of_best, passages_of, shipped
from scr_llm.stages.code.features import vector
from scr_llm.stages.code.passage import Passage, stops
from scr_llm.stages.code.weights import Weights
from scr_llm.stages.ground import ground

ROOT = Path(__file__).parent.parent
BOOK = load_codebook(ROOT / "prompts/codebook.yaml")
CODER = EmbeddedCoder(embedded_identity(BOOK))


def review(*sentences: str, heading: str = "Analysis") -> Reading:
    text = f"{heading}\n\n" + "\n\n".join(sentences) + "\n"
    section = Section(kind="analysis", title=heading, page=1, start=0)
    page = Page(number=1, text=text, marks=(Mark(kind="heading", start=0, end=len(heading)),))
    return Reading(document_id="d1", sha256="0" * 64, pages=(page,), sections=(section,))


def test_weights_are_there_for_every_code_of_the_codebook() -> None:
    weights = shipped()
    assert {f"present:{c.id}" for c in BOOK.codes} | {f"about:{c.id}" for c in BOOK.codes} <= set(weights.outputs)
    assert {"denies", "praises", "infers"} <= set(weights.outputs) and len(weights.trained_from) == 64
    assert (ROOT / "scr_llm/stages/code/weights.bin").stat().st_size < 2_500_000


def test_what_is_saved_is_what_is_read_and_scores_are_its_features_weighed(tmp_path: Path) -> None:
    names = ["the", "visit", "the visit", "~ vi", "~isi", "<letter", "@facts", "!shortcoming"]
    rows = [[0.1 * n, 1 - 0.2 * n] for n in range(len(names))]
    Weights.save(
        tmp_path / "w",
        {"outputs": ["present:a", "denies"], "biases": [0.5, -0.5], "corpus": "x"},
        names,
        [1.5] * len(names),
        rows,
    )
    weights = Weights.load(tmp_path / "w")
    passage = Passage("The visit was missed and the visit was not made.", "A letter came.", "", "facts")
    features = vector(passage, dict.fromkeys(names, 1.5))
    assert set(features) == set(names)
    for at, (bias, found) in enumerate(zip((0.5, -0.5), weights.scores(passage), strict=True)):
        assert found == pytest.approx(
            bias + sum(value * rows[names.index(name)][at] for name, value in features.items()), abs=0.05
        )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Did the health visitor share what she knew with the school?", "question"),
        ("The procedures require that information is shared within a day.", "policy"),
        ("This was unknown to the family and had no bearing on the case.", "irrelevant"),
        ("The panel does not consider that any failure to share information played no part.", "denial"),
        ("The social worker visited promptly and recorded it well.", "praise"),
        ("The letter sat in a tray for nine days.", ""),
    ],
)
def test_general_rules_stop_a_sentence(text: str, rule: str) -> None:
    assert stops(Passage(text, section="analysis")) == rule


def test_a_theme_is_proposed_from_particulars_with_its_sentence_as_quote() -> None:
    said = (
        "The midwife's note that he had a conviction for violence lay in the hospital's file "
        "and was never passed to the health visitor or the social worker."
    )
    reading = review(
        said,
        "The nursery knew of the bruises and told nobody; the school learned of them from a neighbour a month later.",
    )
    coding = ground(CODER.code(reading, BOOK), reading)
    theme = next(t for t in coding.themes if t.theme == "information_sharing")
    assert (
        theme.value == "present"
        and theme.evidence
        and all(e.quote in reading.pages[0].text for t in coding.themes for e in t.evidence)
    )
    assert theme.basis in ("explicit", "inferred") and "by its words" in theme.why
    assert not coding.refused


def test_a_denial_is_no_evidence_and_is_told() -> None:
    reading = review(
        "The review found no evidence of any failure to share information: each agency told the others what it knew "
        "on the same day."
    )
    theme = next(t for t in ground(CODER.code(reading, BOOK), reading).themes if t.theme == "information_sharing")
    assert theme.value == "explicitly_absent"


def test_sections_that_are_never_evidence_are_not_judged() -> None:
    reading = review(
        "Whether information was shared between agencies, and whether the men in the household were known.",
        heading="Terms of reference",
    )
    reading = reading.model_copy(
        update={"sections": (Section(kind="terms_of_reference", title="Terms of reference", page=1, start=0),)}
    )
    assert passages_of(reading) == [] and all(t.value == "not_mentioned" for t in CODER.code(reading, BOOK).themes)


def test_several_sentences_speak_for_a_theme_together() -> None:
    assert mean_of_best([]) < -5 and mean_of_best([1.0]) < 1.0
    assert mean_of_best([0.5, 0.5, 0.5]) == pytest.approx(0.5)
    assert mean_of_best([1.0, 1.0, -3.0]) < mean_of_best([1.0, 1.0, 0.0])


def test_a_code_that_nothing_was_learned_of_is_looked_for_by_its_wordings() -> None:
    code = BOOK.codes[0].model_copy(
        update={
            "id": "own_code",
            "label": "Own code",
            "wordings": ("lighthouse keeper*",),
            "subjects": (),
            "near_misses": (),
            "sub_codes": (),
            "polarity": "feature",
        }
    )
    book = BOOK.model_copy(update={"codes": (*BOOK.codes, code)})
    reading = review("The lighthouse keeper had the child with him on the night.")
    themes = {t.theme: t for t in CODER.code(reading, book).themes}
    assert themes["own_code"].value == "present" and set(themes) == {c.id for c in book.codes}


@pytest.mark.slow
def test_the_paper_may_say_how_many_are_by_inference(tmp_path: Path) -> None:
    import shutil

    from scr_llm import pipeline
    from scr_llm.project import init_project, load_project
    from scr_llm.reports.briefing import brief
    from scr_llm.store import Store

    project = init_project(tmp_path / "p")
    for name in ("corriford-child-1", "dunvarrow-young-person-r", "northmere-amber"):
        shutil.copyfile(ROOT / f"fixtures/batch-1/{name}.pdf", project.inbox / f"{name}.pdf")
    pipeline.run(project, CODER)
    with Store(project.database) as store:
        codings = [c for d in store.documents() if (c := store.coding(d.id))]
    inferred = {
        code.id: sum(t.theme == code.id and t.basis == "inferred" for c in codings for t in c.themes)
        for code in BOOK.codes
    }
    assert any(inferred.values()) and all(
        (t.basis is not None) == (t.value == "present") for c in codings for t in c.themes
    )
    settings = project.root / "project.toml"
    assert "is implied and not stated" not in brief(project)[0].model_dump_json()
    settings.write_text(settings.read_text("utf-8").replace("tell_inferred = false", "tell_inferred = true"), "utf-8")
    briefing = brief(load_project(project.root))[0]
    assert {t.theme: t.inferred for t in briefing.facts.themes} == inferred
    for theme in briefing.facts.headline:
        lead = next(p for p in briefing.parts if p.id == f"theme.{theme}").paragraphs[0]
        said = f"In {inferred[theme]} of these, the theme is implied and not stated."
        assert (said in [s.text for s in lead.sentences]) == bool(inferred[theme])
