"""How the deciding went: the numbers, their sentences, and that whoever decided most does not sign unexplained."""

import subprocess
import sys
from pathlib import Path

import pytest
from databases import copy_project
from served import coded_project, decide_all

from scr_llm.audit import audit
from scr_llm.errors import RefusedError, UsageError
from scr_llm.project import load_project
from scr_llm.records import Case, CoderIdentity, Coding, Deciding, Decision, Evidence, Item, SignOff, ThemeCoding
from scr_llm.records.decision import Act
from scr_llm.review import sign_off as signing
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions.deciding import deciding, proposed_cells
from scr_llm.stages.synthesise.people import deciding_in_words, signed_alone
from scr_llm.store import Store

WHO = CoderIdentity(kind="rules", version="0", codebook_version="1", codebook_sha256="0")
QUOTES = tuple(Evidence(quote="abc", page=1, start=n, end=n + 3, status="exact", section="") for n in (0, 10, 20))
CODING = Coding(
    document_id="d",
    reading_sha256="0",
    coder=WHO,
    case=Case(),
    findings=(Item(id="f1", number="1", text="They waited.", page=1, addressee=None, evidence=QUOTES[:1]),),
    themes=(
        ThemeCoding(theme="t1", value="present", evidence=QUOTES),
        ThemeCoding(theme="t2", value="not_mentioned"),
        ThemeCoding(theme="t3", value="present", evidence=QUOTES[:1]),
    ),
)
PROPOSED = {"d": proposed_cells(CODING, ("t1", "t2", "t3", "t4"))}


def act(
    second: int, cell: str, value: str = "present", by: str = "Ann", kind: Act = "decided", **more: object
) -> Decision:
    fields = {"document_id": "d", "theme": cell, "value": value, "act": kind, "author": by, "role": f"role of {by}"}
    at = f"2026-11-{28 + second // 86400:02}T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}+00:00"
    return Decision.model_validate({**fields, "at": at, "codebook_sha256": "0", "reading_sha256": "0", **more})


DECISIONS = [
    act(0, "t1", evidence=QUOTES[:1]),  # as proposed, two of three quotes unticked
    act(2, "t2", "not_mentioned"),  # as proposed
    act(6, "t3", "not_mentioned"),  # not as proposed: its quote is not counted as unticked
    act(1000, "f1", text="They waited too long.", evidence=QUOTES[:1]),  # other words, after a pause
    act(1001, "t4", "not_mentioned"),  # newer than the coding
    act(1002, "gone", "present"),  # a code that is no longer in the codebook
    act(1010, "t2", "not_mentioned", by="Ben", kind="blind"),
    act(1013, "t3", "present", by="Ben", kind="blind", evidence=QUOTES[:1]),
    act(1020, "t2", "present", by="ann ", evidence=QUOTES[:1]),
    act(1021, "t2", "unclear", by="ann ", kind="withdrawn"),
    act(90000, "case:authority", "present", by="Cem", kind="carried", text="Northmere"),
    act(0, "t1", by="Dan").model_copy(update={"document_id": "another"}),
]


def test_the_numbers() -> None:
    found = deciding(PROPOSED, DECISIONS)
    assert [(p.name, p.decisions, p.cells) for p in found.people] == [
        ("Ann", 6, 5),
        ("Cem", 0, 1),
        ("Ben", 2, 0),
        ("ann ", 1, 0),
    ]
    assert (found.most, found.decisions, found.taken_back, found.carried) == ("Ann", 9, 1, 1)
    assert (found.seconds, found.days) == (1020.0, 1), "what is carried over is no deciding"
    assert found.median_seconds == 2.5, "of 2, 4, 1, 1, 3 and 18: the pause is left out, and ann is Ann"
    assert (found.cells, found.accepted) == (5, 2)
    assert (found.quotes, found.unticked) == (4, 2)
    assert (found.double_coded, found.agreed, found.blind_only) == (2, 1, 0)


def test_nobody_decided_most() -> None:
    both = [act(0, "t1", evidence=QUOTES), act(1, "t2", "not_mentioned", by="Ben")]
    assert deciding(PROPOSED, both).most == "" == Deciding().most
    assert deciding(PROPOSED, [*both, act(2, "t3", by="BEN")]).most == "Ben"


def test_the_sentences() -> None:
    assert deciding_in_words(Deciding()) == ()
    told = deciding_in_words(deciding(PROPOSED, DECISIONS))
    assert told == (
        "People decided 6 cells (themes, findings, recommendations and case facts).",
        "Ann, role of Ann, decided 5 of the 6.",
        "Cem, role of Cem, decided 1 of the 6.",
        "Ben, role of Ben, made 2 decisions, none of which is counted.",
        "ann , role of ann , made 1 decision, none of which is counted.",
        "9 decisions were made within 17 minutes on 28 November 2026.",
        "1 decision was taken back.",
        "1 decision was carried over from an earlier issue of the same review.",
        "At the median, a person’s next decision was recorded 2.5 seconds after the last. "
        "Pauses of more than ten minutes are left out.",
        "2 of the 5 cells were decided as proposed, in value and in words.",
        "Where the proposed value was kept, 2 of the 4 proposed quotes were unticked.",
        "A second person decided 2 cells blind; the two agreed on 1 of 2, before any adjudication.",
    )
    assert not [s for line in told for s in line.split(". ") if len(s.split()) > 25]
    by_role = deciding_in_words(deciding(PROPOSED, DECISIONS), named=False)
    assert "In the role role of Ann, 1 person decided 5 of the 6." in by_role
    one = deciding_in_words(deciding(PROPOSED, DECISIONS[:1]))
    assert "Ann, role of Ann, decided it." in one and "1 decision was made, on 28 November 2026." in one
    days = deciding_in_words(deciding(PROPOSED, [DECISIONS[0], act(90000, "t2", "not_mentioned")]))
    assert "2 decisions were made on 2 days from 28 November 2026 to 29 November 2026." in days
    many = [act(n, "t1", by=f"P{n}") for n in range(9)]
    assert "3 others made 3 decisions, none of which is counted." in deciding_in_words(deciding(PROPOSED, many))
    assert signed_alone("") == () and signed_alone("We are two.")[1] == "The reason given: “We are two”."


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("deciding") / "p", ("corriford-child-1",))
    decide_all(root)
    return root


@pytest.fixture
def root(decided: Path, tmp_path: Path) -> Path:
    return copy_project(decided, tmp_path / "p")


def sign(root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scr_llm", "sign-off", "--project", str(root), "--role", "Analyst", *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_whoever_decided_most_does_not_sign_without_a_reason(root: Path) -> None:
    refused = sign(root, "--name", " alex  reader")
    assert refused.returncode == 1 and "asks for two people" in refused.stderr and "--alone REASON" in refused.stderr
    assert "Alex Reader, Analyst, decided all" in refused.stderr and "decisions were made within" in refused.stderr
    signed = sign(root, "--name", "Alex Reader", "--alone", "We are a team of one this month.")
    assert signed.returncode == 0, signed.stderr
    project = load_project(root)
    with Store(project.database) as store:
        record = store.sign_offs()[0][0]
    assert record.alone == "We are a team of one this month." and record.deciding.most == "Alex Reader"
    short = (root / "outputs/signed-1/briefing.md").read_text("utf-8")
    assert "1 person decided" in short and "whoever signed decided most of them." in short
    paper = (root / "outputs/signed-1/evidence.html").read_text("utf-8")
    assert "also decided most of the cells. The reason given: “We are a team of one this month”." in paper
    assert "Alex Reader, Analyst, decided all" in paper and "No cell was decided by a second person." in paper
    assert "team of one" in (root / "outputs/signed-1/sign-off.json").read_text("utf-8") and not audit(project)
    told = subprocess.run(
        [sys.executable, "-m", "scr_llm", "audit", "--project", str(root)], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0 and "Version 1.0 was signed alone by Alex Reader, Analyst" in told.stdout
    assert "Everything is intact" in told.stdout


def test_another_person_signs_without_a_reason(root: Path) -> None:
    project = load_project(root)
    with pytest.raises(UsageError, match="cannot be printed"):
        signing.sign_off(project, "Alex Reader", "Analyst", alone="\u202e\x07")
    with pytest.raises(RefusedError, match="two people"):
        signing.sign_off(project, "Alex Reader", "Another role", alone="  ")
    assert not list((root / "outputs").glob("*signed*"))
    signed, _ = signing.sign_off(project, "Dee Director", "Director", alone="not needed")
    assert signed.alone == ""
    for name in ("briefing.md", "evidence.html"):
        assert "decided most" not in (root / "outputs/signed-1" / name).read_text("utf-8")


def test_a_project_that_does_not_ask_for_two_people_says_so(root: Path) -> None:
    settings = root / "project.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[review]\ntwo_people = false\n", "utf-8")
    signed, _ = signing.sign_off(load_project(root), "Alex Reader", "Analyst")
    assert signed.alone == "the settings of this project do not ask for two people"
    assert signed.alone in (root / "outputs/signed-1/evidence.html").read_text("utf-8")


def test_who_did_most_of_the_deciding_is_the_question(root: Path) -> None:
    """Somebody who decided one cell of many may sign; a blind second reviewer of all may too."""
    project = load_project(root)
    session = ReviewSession(project)
    key = next(k for k in session.counted() if k[1] in session.codes)
    session.decide(Reviewer("Dee Director", "Director"), *key, "not_mentioned", reason="Looked again.")
    session.close()
    assert signing.how_decided(project).most == "Alex Reader"
    assert signing.sign_off(project, "Dee Director", "Director")[0].alone == ""


def test_an_older_sign_off_is_still_read() -> None:
    names = ("name", "role", "at", "version", "codebook_version", "codebook_sha256", "decisions_head", "paper_sha256")
    old = dict.fromkeys(names, "x") | {"documents": {}, "readings": {}, "decisions": 1, "reviewers": [], "files": {}}
    assert SignOff.model_validate(old).alone == "" and SignOff.model_validate(old).deciding == Deciding()


def test_a_second_is_one_second() -> None:
    for seconds, words in (
        (0.97, "1 second"),
        (1.04, "1 second"),
        (1.06, "1.1 seconds"),
        (0.05, "less than 0.1 seconds"),
    ):
        day = "2026-03-01T10:00:00.000+00:00"
        numbers = Deciding(decisions=2, first=day, last=day, days=1, seconds=seconds)
        assert f"2 decisions were made within {words} on 1 March 2026." in deciding_in_words(numbers)
