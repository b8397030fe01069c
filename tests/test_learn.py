"""Learning from a project's own decisions: only with enough of them, and where cross-validation shows that it helps."""

import json
from pathlib import Path

import pytest
from served import ROOT, coded_project

from scr_llm.errors import RefusedError, UsageError
from scr_llm.models.train import learn, own_coder
from scr_llm.project import load_project
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession

pytest.importorskip("sklearn", reason="SKIPPED: scikit-learn is not installed (extra learn)")
ALEX = Reviewer("Alex Reader", "Analyst")


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    project = load_project(coded_project(tmp_path / "p", ("corriford-child-1",)))
    assert own_coder(project) is None
    with pytest.raises(UsageError, match="not enough decisions"):
        learn(project)


@pytest.mark.slow
def test_a_learned_theme_is_used_only_where_it_beats_the_rules(tmp_path: Path) -> None:
    names = tuple(p.stem for p in sorted(ROOT.glob("fixtures/batch-[12]/*.pdf")))
    project = load_project(coded_project(tmp_path / "p", names))
    session = ReviewSession(project)
    gold = {
        d: json.loads((ROOT / f"fixtures/gold/{Path(session.documents[d].file).stem}.json").read_text("utf-8"))[
            "themes"
        ]
        for d in session.documents
    }
    for document, theme in [k for k in session.proposals if k[1] in ("alcohol_misuse", "information_sharing")]:
        value = gold[document].get(theme, {"value": "not_mentioned"})["value"]
        cell = session.cell(document, theme, ALEX)
        try:
            session.decide(
                ALEX,
                document,
                theme,
                value if value == "present" else "not_mentioned",
                evidence=cell.evidence if value == "present" else (),
            )
        except RefusedError:  # present in gold, and no quote was proposed
            session.decide(ALEX, document, theme, "unclear")
    session.close()
    found = learn(project)
    kept = json.loads((project.root / "learned.json").read_text("utf-8"))["themes"]
    assert found and {t.theme for t in found} <= {"alcohol_misuse", "information_sharing"}
    assert {t["theme"] for t in kept} == {t.theme for t in found if t.better}
    assert (own_coder(project) is None) == (not kept)
    project.codebook_path.write_text(project.codebook_path.read_text("utf-8").replace("harmful", "HARMFUL", 1), "utf-8")
    assert own_coder(project) is None, "another codebook, another thing to learn"
