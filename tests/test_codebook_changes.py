"""Changing the codebook: previewed by case, written without losing a comment, kept with who and why; candidates."""

from pathlib import Path

import pytest
from databases import copy_project
from served import coded_project, decide_all

from scr_llm.audit import record_faults
from scr_llm.codebook import code_named, load_codebook
from scr_llm.errors import ChangedFileError, CodebookError, UsageError
from scr_llm.project import Project, load_project
from scr_llm.store import Store
from scr_llm.themes import candidates, merge_split, telling
from scr_llm.themes.changes import changed_code, changed_outside, new_code, opened, take, with_edit
from scr_llm.themes.preview import preview, wordings_found

WHO = {"who": "Alex Reader", "role": "Analyst"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("p") / "project")


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:

    return load_project(copy_project(root, tmp_path / "copy"))


def test_a_change_touches_only_the_lines_that_it_changes(project: Project) -> None:
    path = project.codebook_path
    text = path.read_text("utf-8").replace(
        "      - MARAC\n", "      - MARAC # as the police say\n      # below: terms\n"
    )
    path.write_text(text, "utf-8")
    code = opened(project).book.codes[0]
    fields = {"definition": "The review reports domestic abuse.", "wordings": [*code.wordings[:-1], "a new phrase"]}
    made = take(project, changed_code(code.id, fields), act="changed", reason="The panel asked for it.", **WHO)
    was, now = text.splitlines(), path.read_text("utf-8").splitlines()
    assert [line for line in now if line not in was] == [
        "    definition: The review reports domestic abuse.",
        "      - a new phrase",
    ]
    assert "      - MARAC # as the police say" in now and "      # below: terms" in now
    assert made.before[0] == code and made.after[0].definition == fields["definition"] and made.reason
    with Store(project.database) as store:
        assert store.codebook_changes() == [made] and not record_faults(project, store)
    assert not changed_outside(project, [made])
    path.write_text(path.read_text("utf-8") + "# by hand\n", "utf-8")
    assert changed_outside(project, [made])


def test_line_ends_of_the_editor_stay(project: Project) -> None:
    path = project.codebook_path
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    code = opened(project).book.codes[0]
    take(project, changed_code(code.id, {"label": "Abuse at home"}), act="changed", reason="Shorter.", **WHO)
    assert b"label: Abuse at home\r\n" in path.read_bytes() and path.read_bytes().count(b"\n") > 100
    assert load_codebook(path).codes[0].label == "Abuse at home"


def test_a_file_that_changed_since_is_not_written_over(project: Project) -> None:
    seen, path = opened(project), project.codebook_path
    path.write_text(path.read_text("utf-8") + "# by hand\n", "utf-8")
    before = path.read_bytes()
    edit = changed_code(seen.book.codes[0].id, {"definition": "Something else."})
    with pytest.raises(ChangedFileError, match="was changed after"):
        take(project, edit, act="changed", reason="A reason.", seen=seen.sha256, **WHO)
    assert path.read_bytes() == before
    with Store(project.database) as store:
        assert not store.codebook_changes()


@pytest.mark.parametrize(
    ("fields", "reason", "error"),
    [
        ({"wordings": ["(MARAC"]}, "A reason.", CodebookError),
        ({"label": ""}, " ", UsageError),
        ({"id": "other"}, "A reason.", UsageError),
        ({}, "A reason.", UsageError),
    ],
)
def test_what_cannot_be_used_is_not_written(
    project: Project, fields: dict[str, object], reason: str, error: type[Exception]
) -> None:
    before = project.codebook_path.read_bytes()
    with pytest.raises(error):
        take(project, changed_code("neglect", fields), act="changed", reason=reason, **WHO)
    assert project.codebook_path.read_bytes() == before


@pytest.mark.slow
def test_a_preview_names_cells_sentences_and_what_becomes_stale(project: Project) -> None:
    decide_all(project.root)
    code = code_named(opened(project).book, "record_keeping")
    same = preview(project, with_edit(project, changed_code(code.id, {"label": "Records"})))
    assert not same.changed and not same.cells and not same.stale and not same.gone
    other = preview(project, with_edit(project, changed_code(code.id, {"definition": "Records are wanting."})))
    assert other.changed == (code.label,) and other.learned == (code.label,)  # the coder reads no definition
    assert not other.cells and other.stale == other.reviews == other.looked_at == 2
    fields = {"id": "hospital", "label": "Hospital", "definition": "The review speaks of it.", "wordings": ["hospital"]}
    added = preview(project, with_edit(project, new_code(fields | {"polarity": "feature"})))
    assert added.cells and all(c.before is None and c.theme == "hospital" for c in added.cells)
    assert all("hospital" in f.text.lower() and f.page for c in added.cells for f in c.gained) and not added.stale


def test_what_each_wording_finds(project: Project) -> None:
    code = code_named(opened(project).book, "record_keeping")
    found, reviews = wordings_found(project, code)
    assert reviews == 2 and [w.wording for w in found if w.kind == "wordings" and w.part == code.id] == [*code.wordings]
    assert any(w.sentences for w in found) and all(len(w.shown) <= w.sentences for w in found)


def test_merging_is_kept_with_its_reason(project: Project) -> None:
    merge_split.merge(project, "alcohol_misuse", "drug_misuse", "substances", "Drink and drugs", "Alex", "Few cases.")
    with Store(project.database) as store:
        (made,) = store.codebook_changes()
    assert (made.act, made.reason, made.who) == ("merged", "Few cases.", "Alex")
    assert [c.id for c in made.before] == ["alcohol_misuse", "drug_misuse"]
    assert [c.id for c in made.after] == ["substances"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("record_keeping", "record_keeping"),
        ("Poor record keeping", "record_keeping"),
        ("POOR  RECORD", "record_keeping"),
        ("domestic violence", "domestic_abuse"),
    ],
)
def test_a_theme_by_its_label_or_a_part(project: Project, text: str, found: str) -> None:
    assert code_named(opened(project).book, text).id == found


@pytest.mark.parametrize(
    ("text", "says"), [("misuse", "alcohol_misuse.*drug_misuse"), ("xyz", "Its themes"), (" ", "Its")]
)
def test_a_part_of_several_themes_lists_them(project: Project, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        code_named(opened(project).book, text)


@pytest.mark.parametrize("rule", telling.RULES, ids=lambda rule: rule.name)
def test_rules_catch_and_spare_what_they_say(rule: telling.Rule) -> None:
    assert all(rule.holds(text) for text in rule.catches)
    assert not any(rule.holds(text) for text in rule.spares)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The assessment of risk was sound and up to date.", "it praises"),
        ("The panel is of the view that the death could not have been predicted.", "foreseen"),
        ("When a child of eight does not come to the clinic, whose absence is it?", "asks"),
        ("The response of the ward was swift and skilled.", "what went well"),
        ("Families who move often leave their history behind.", ""),
        ("The panel makes no criticism of the prescriber, but notes that it doubled what was kept in the flat.", ""),
    ],
)
def test_a_finding_that_tells_nothing_is_no_candidate(text: str, why: str) -> None:
    said = telling.why_silent(text)
    assert why in said and bool(said) is bool(why)


def test_candidates_have_names_in_the_reviews_own_words(tmp_path: Path) -> None:
    names = ("quenby-young-person-l", "vellingham-child-s", "stavering-baby-v")
    found = candidates.suggestions(load_project(coded_project(tmp_path / "p", names)))
    assert "An empty chair was read as a choice to decline help" in [c.name for c in found.new]
    assert all(c.name.rstrip(" …").casefold() in c.passages[0].text.casefold() for c in found.new)
    assert all(len(c.name.split()) <= candidates.LONGEST_NAME + 1 for c in found.new)
    assert "Alcohol misuse (parent/carer)" in [c.name for c in found.near]
    assert any("predicted" in p.text and "foreseen" in why for p, why in found.silent)
    assert found.unmatched <= found.findings
