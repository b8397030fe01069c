"""The fairness check: what is masked and how, what flips, and that nothing is kept."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import dumped
from served import coded_project
from test_model_commands import project as model_project

from scr_llm.cli import cli
from scr_llm.evaluation.fairness import fairness, masked_reading
from scr_llm.llm.fake import FakeServer
from scr_llm.project import load_project
from scr_llm.records import Codebook, CoderIdentity, DraftCase, DraftCoding, DraftQuote, DraftTheme, Fairness, Reading
from scr_llm.store import Store
from scr_llm.text.flow import Flow, sentences
from scr_llm.text.masking import KINDS, Masker


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("sex", "She told her mother of her.", "The person told the person’s parent of the person."),
        ("sex", "Her father’s boy saw her at home.", "The person’s parent’s child saw the person at home."),
        ("sex", "The grand\u00ad\nmother and his aunt.", "The grandparent and the person’s relative."),
        ("sex", "Sons are childish; mankind is no boy.", "Children are childish; mankind is no child."),
        ("ethnicity", "A Black British home; an Irish black eye.", "A specified home; a specified black eye."),
        ("ethnicity", "They left. Polish was spoken.", "They left. Specified was spoken."),
        ("agency", "A midwife and social\nworkers told GPs.", "A professional and professionals told professionals."),
        ("agency", "Children's Services, a school.", "Services, a setting."),
        ("place", "In Northmere, near Elm Road, England.", "In Anytown, near Anytown Road, Anyland."),
    ],
)  # fmt: skip
def test_words_are_masked_and_the_grammar_holds(kind: str, text: str, masked: str) -> None:
    assert Masker(kind, ("Northmere",)).mask(text).text == masked  # type: ignore[arg-type]


def test_each_place_has_its_place_in_the_masked_text() -> None:
    text = "She saw her mother on Monday, and his aunt."
    made = Masker("sex").mask(text)
    for word in ("saw", "on Monday", ", and", "."):
        at = text.index(word)
        assert made.text[made.place_of(at) :].startswith(word) and made.place_before(made.place_of(at)) == at
    parent = made.text.index("parent")
    assert text[made.place_before(parent) : made.place_before(parent, end=True)] == "mother"
    assert made.place_of(len(text)) == len(made.text) and made.words == 5


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("fair") / "p", ("dunvarrow-young-person-r", "corriford-child-1"))


def readings(root: Path) -> list[Reading]:
    with Store(load_project(root).database) as store:
        return [r for d in store.documents() if (r := store.reading(d.id))]


def test_a_masked_review_has_the_same_sentences_in_the_same_sections(coded: Path) -> None:
    for reading in readings(coded):
        before = sentences(Flow.of(reading))
        for kind in KINDS:
            made = masked_reading(reading, kind, ("Corriford", "Dunvarrow"))
            after = sentences(Flow.of(made.reading))
            assert [(s.page, s.section, s.paragraph) for s in after] == [
                (s.page, s.section, s.paragraph) for s in before
            ]
            assert [len(i.spans) for i in made.reading.items] == [len(i.spans) for i in reading.items]
            assert kind in ("ethnicity", "place") or sum(p.words for p in made.pages.values()) > 5


class SheCoder:
    """Finds a theme in each sentence with “she” in it, and in no other."""

    identity = CoderIdentity(kind="rules", version="1", codebook_version="1", codebook_sha256="0")

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        shown = [s for s in sentences(Flow.of(reading)) if s.text.startswith("She ")][:1]
        quotes = tuple(DraftQuote(text=s.raw, page=s.page) for s in shown)
        themes = tuple(
            DraftTheme(theme=code.id, value="present", quotes=quotes)
            if quotes and code is codebook.codes[0]
            else DraftTheme(theme=code.id, value="not_mentioned")
            for code in codebook.codes
        )
        return DraftCoding(document_id=reading.document_id, coder=self.identity, case=DraftCase(), themes=themes)


def test_a_coder_that_rests_on_a_pronoun_is_caught_with_its_sentence(coded: Path) -> None:
    found = fairness(load_project(coded), SheCoder())
    by_kind = {k.kind: k for k in found.kinds}
    assert by_kind["sex"].flips == by_kind["sex"].lost == len(found.flips) > 0
    assert by_kind["ethnicity"].flips == by_kind["place"].flips == by_kind["agency"].flips == 0
    [sentence] = found.flips[0].sentences
    assert sentence.text.startswith("She ") and sentence.masked.startswith("The person ")
    assert any(sentence.text in " ".join(p.text.split()) for r in readings(coded) for p in r.pages)


def test_the_command_lists_flips_as_text_and_as_json_and_keeps_nothing(coded: Path) -> None:
    before = dumped(load_project(coded).database)
    shown = CliRunner().invoke(cli, ["fairness", "--project", str(coded)])
    assert shown.exit_code == 0, shown.output
    assert "sex masked, Dunvarrow Young Person R, Domestic abuse: present, then not found" in shown.output
    assert "masked: “The person grew up" in shown.output and "does not show that the coder is fair" in shown.output
    listed = CliRunner().invoke(cli, ["fairness", "--json", "--project", str(coded)])
    found = Fairness.model_validate(json.loads(listed.output))
    assert found.reviews == 2 and sum(k.flips for k in found.kinds) == len(found.flips)
    assert all(k.cells == 2 * 24 for k in found.kinds)
    assert dumped(load_project(coded).database) == before


@pytest.mark.slow
def test_a_model_is_checked_with_the_consent_and_the_budget_of_a_run(tmp_path: Path) -> None:
    with FakeServer() as server:
        root = model_project(tmp_path, server.base_url, names=("corriford-child-1",))
        assert CliRunner().invoke(cli, ["run", "--coder", "rules", "--project", str(root)]).exit_code == 0
        asked = CliRunner().invoke(cli, ["fairness", "--coder", "llm", "--json", "--project", str(root)])
        assert asked.exit_code == 0, asked.output
        assert json.loads(asked.stdout)["coder"]["kind"] == "llm" and server.asked > 2
        settings = root / "project.toml"
        settings.write_text(settings.read_text("utf-8") + "budget_tokens = 1\n", "utf-8")
        settings.write_text(settings.read_text("utf-8").replace('model = "', 'model = "other-'), "utf-8")
        so_far = server.asked
        stopped = CliRunner().invoke(cli, ["fairness", "--coder", "llm", "--project", str(root)])
        assert stopped.exception and "budget" in str(stopped.exception) and server.asked == so_far
        settings.write_text(settings.read_text("utf-8").replace(server.base_url, "https://model.invalid/v1"), "utf-8")
        refused = CliRunner().invoke(cli, ["fairness", "--coder", "llm", "--project", str(root)])
        assert "approved_by and region" in str(refused.exception)
