"""Which quotes the paper prints: each part of their score, each bar, and the choice among cells."""

from pathlib import Path

import pytest

from scr_llm.codebook import load_codebook
from scr_llm.records import Case, CoderIdentity, Coding, Decision, Document, Evidence, Item, Strength, ThemeCoding
from scr_llm.stages.synthesise import BriefingOptions, CodedReview, chosen_in, offered
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.quote_score import (
    BARS,
    PARTS,
    Candidate,
    barred,
    label_of,
    parts_of,
    praise_order,
    score,
)
from scr_llm.stages.synthesise.quotes import choose, particular, reference

BOOK = load_codebook(Path(__file__).parent.parent / "prompts/codebook.yaml")
GOOD = "The school nurse did not tell the social worker that the boy had stopped coming to lessons."
OTHER = "Nobody in the housing office told the health visitor that the family had moved to another town."
THIRD = "The surgery never passed the letter from the hospital to anybody who knew the children."


def evidence(text: str, start: int = 0, section: str = "What happened", flags: tuple[str, ...] = ()) -> Evidence:
    return Evidence(
        quote=text, page=1, start=start, end=start + len(text), status="exact", section=section, flags=flags
    )  # type: ignore[arg-type]


def candidate(
    text: str = GOOD, section: str = "What happened", flags: tuple[str, ...] = (), **more: object
) -> Candidate:
    return Candidate(text=text, evidence=evidence(text, 0, section, flags), **{"polarity": "shortcoming", **more})  # type: ignore[arg-type]


def cell(theme: str, *quotes: tuple[Evidence, float | None]) -> ThemeCoding:
    return ThemeCoding(
        theme=theme,
        value="present",
        evidence=tuple(e for e, _ in quotes),
        strengths=tuple(Strength(page=e.page, start=e.start, value=v) for e, v in quotes if v is not None),
    )


def review(
    name: str, *themes: ThemeCoding, findings: tuple[Item, ...] = (), chosen: tuple[str, ...] = ()
) -> CodedReview:
    coder = CoderIdentity(kind="rules", version="0", codebook_version="1", codebook_sha256="")
    coding = Coding(document_id=name, reading_sha256="", coder=coder, case=Case(), themes=themes, findings=findings)
    document = Document(id=name, file=f"{name}.pdf", sha256="", bytes=0, status="coded")
    return CodedReview(document, coding, frozenset(chosen))


def tally(*reviews: CodedReview, decided: tuple[tuple[str, str], ...] = ()) -> ThemeTally:
    acts = [
        Decision(
            document_id=d, theme=t, value="present", author="A", role="r", at="", codebook_sha256="", reading_sha256=""
        )
        for d, t in decided
    ]
    options = BriefingOptions(title="", organisation="", marking="", version="")
    return ThemeTally(reviews, [r.document for r in reviews], BOOK, acts, options)


def chosen(of: ThemeTally, theme: str = "information_sharing", limit: int = 4) -> list[str]:
    return [ref.text for ref in choose(of, theme, of.having(theme), limit, set())]


@pytest.mark.parametrize(
    ("part", "held"),
    [
        ("typed", candidate(typed=True)),
        ("picked", candidate(picked=True)),
        ("kept", candidate(decided=True)),
        ("finding", candidate(section="7. Findings")),
        ("analysis", candidate(section="4. Analysis")),
        ("recommendation", candidate(flags=("recommendation",))),
        ("length", candidate("Nobody told the nurse.")),
        ("length", candidate("Nobody " + "and nobody " * 30 + "told her.")),
        ("whole", candidate("the school nurse did not tell the social worker that he was away;")),
        ("needs more", candidate("He did not tell the social worker that the boy had stopped coming.")),
        ("somebody else", candidate(flags=("sibling",))),
        ("no lack", candidate("The school nurse rang the social worker on the third day of that week.")),
        ("elsewhere", candidate(elsewhere=True)),
        ("suspected", candidate(flags=("suspected",))),
        ("behind a negation", candidate(flags=("behind_negation",))),
        ("uncertain place", candidate(flags=("ambiguous",))),
    ],
)
def test_each_part_of_the_score_can_be_read(part: str, held: Candidate) -> None:
    assert set(parts_of(held)) == {part, "strength"} and set(parts_of(candidate())) == {"strength"}
    assert score(held) - score(candidate()) == next(p.points for p in PARTS if p.name == part)


@pytest.mark.parametrize(
    ("bar", "text", "polarity"),
    [
        ("praise", "The school nurse promptly told the social worker of the bruise on his arm.", "shortcoming"),
        ("denial", "The sharing of information was not a factor in what happened to the boy.", "shortcoming"),
        ("nothing there", "Nothing in the drinking of the adults would have led anybody to expect it.", "feature"),
        ("no bearing", "The conviction of the uncle had no bearing on the events of that spring.", "feature"),
        ("law or policy", "Local procedures require that a strategy meeting is held within a day.", "shortcoming"),
        ("question", "Were the visits of the health visitor to the family frequent enough?", "shortcoming"),
        ("introduction", "The panel wishes to record the following about the school and the surgery:", "shortcoming"),
        ("remains", "Finding 7: nobody told the school nurse that he had left the town.", "shortcoming"),
    ],
)
def test_what_is_never_printed_unless_a_reviewer_typed_it(bar: str, text: str, polarity: str) -> None:
    assert barred(candidate(text, polarity=polarity)) == bar
    assert barred(candidate(text, polarity=polarity, typed=True)) == ""


def test_every_part_and_bar_has_a_reason_and_a_name_of_its_own() -> None:
    assert all(part.reason for part in (*PARTS, *BARS))
    assert len({part.name for part in (*PARTS, *BARS)}) == len(PARTS) + len(BARS)
    assert barred(candidate()) == "" == barred(candidate("Nobody asked how the bruise on his arm had come about."))


@pytest.mark.parametrize(
    ("quote", "left"),
    [
        ("Finding 7: The office had two posts vacant.", "The office had two posts vacant."),
        ("Lesson 4 An assessment was not reopened that year.", "An assessment was not reopened that year."),
        ("(3) There was no training on the unit.", "There was no training on the unit."),
        ("How it showed: Her case was unallocated for nine weeks.", "Her case was unallocated for nine weeks."),
        ("Nobody knew this: Mr K had been to prison for it.", None),
        ("Alcohol was not a factor: neither parent drank at all.", None),
        ("Finding 7: None.", None),
        ("The visits stopped at 10:30 on that day, and nobody asked.", None),
    ],
)
def test_the_label_of_an_item_is_left_out_and_the_rest_is_exact(quote: str, left: str | None) -> None:
    of = tally(review("a"))
    ref = reference(of, of.reviews[0], None, [evidence(quote, 100)])
    assert ref.text == ref.evidence.quote == (left or quote) == quote[label_of(quote) :]
    assert (ref.evidence.start, ref.evidence.end) == (100 + label_of(quote), 100 + len(quote))


def test_the_strongest_are_printed_first_and_one_from_each_case_before_a_second() -> None:
    a = review("a", cell("information_sharing", (evidence(GOOD), 4.0), (evidence(OTHER, 200), 6.0)))
    b = review("b", cell("information_sharing", (evidence(THIRD), 5.0)))
    assert chosen(tally(a, b)) == [OTHER, THIRD, GOOD]
    weak = review("b", cell("information_sharing", (evidence(THIRD), 0.2)))
    assert chosen(tally(a, weak)) == [OTHER, GOOD]
    unknown = review("b", cell("information_sharing", (evidence(THIRD), None)))  # a model, or an old coding
    assert chosen(tally(unknown)) == [THIRD]


def test_what_a_reviewer_typed_comes_first_then_what_they_picked_and_never_what_they_unticked() -> None:
    proposed = cell("information_sharing", (evidence(GOOD), 8.0), (evidence(OTHER, 200), 0.1))
    unticked = proposed.model_copy(update={"evidence": (evidence(OTHER, 200),)})
    typed = proposed.model_copy(update={"evidence": (evidence(THIRD, 400), evidence(GOOD))})
    on = "information_sharing"
    took = review("a", unticked, chosen=(on,))
    assert chosen(tally(took, decided=(("a", on),))) == [OTHER]
    assert chosen(tally(review("a", unticked), decided=(("a", on),))) == []  # left as it was ticked, and weak
    assert chosen(tally(review("a", typed), decided=(("a", on),))) == [THIRD, GOOD]
    others = review("b", unticked, chosen=(on,)), review("c", typed)
    both = tally(review("a", proposed), *others, decided=(("b", on), ("c", on)))
    assert chosen(both, limit=3) == [THIRD, OTHER, GOOD]


def test_a_sentence_is_printed_under_the_theme_that_it_shows_best_and_once() -> None:
    shared = evidence(GOOD)
    one = cell("information_sharing", (shared, 4.0))
    more = cell("silo_working", (shared, 7.0))
    of = tally(review("a", one, more))
    assert chosen(of) == [] and chosen(of, "silo_working") == [GOOD]
    used: set[tuple[str, int, int, int]] = {("a", 1, 3, 20)}
    assert choose(of, "silo_working", of.reviews, 4, used) == []


def finding(text: str, start: int) -> Item:
    return Item(id=str(start), number=None, text=text, page=1, evidence=(evidence(text, start, "Findings"),))


def test_the_particular_finding_is_the_best_scored_and_not_the_first() -> None:
    praise = finding("The arrangements for joint working in the town were sound and well documented.", 0)
    best, dull = finding(GOOD, 200), finding("The panel met the family twice in the course of that spring.", 400)
    shown = cell("information_sharing", (evidence(GOOD, 200, "Findings"), 6.0))
    of = tally(review("a", shown, findings=(praise, dull, best)))
    assert particular(of, of.reviews[0]) == f"“{GOOD}” (page 1)"
    long = finding(f"{'The panel looked at this with care and at length. ' * 5}{GOOD}", 0)
    inside = cell("information_sharing", (evidence(GOOD, len(long.text) - len(GOOD), "Findings"), 6.0))
    of = tally(review("a", inside, findings=(dull, long)))
    assert particular(of, of.reviews[0]) == f"“{GOOD}” (page 1)"
    assert particular(tally(review("a")), review("a")) == "Not found"


def test_praise_that_stands_alone_comes_first() -> None:
    texts = [
        "records were clear;",
        "It was timely.",
        "The officer rang the school on the same day as she promised.",
        "The nurse acted promptly and told the school on the same day.",
    ]
    assert (
        sorted(texts, key=praise_order)[0].startswith("The nurse") and sorted(texts, key=praise_order)[-1] == texts[0]
    )


def test_the_strongest_quote_is_offered_first_and_weak_ones_are_not_ticked() -> None:
    proposed = cell(
        "information_sharing", (evidence(GOOD), 0.5), (evidence(OTHER, 200), 6.0), (evidence(THIRD, 400), 1)
    )
    first, *others = offered(proposed, "shortcoming")
    assert first.text == OTHER and first.ticked and not any(quote.ticked for quote in others)
    weak = cell("information_sharing", (evidence(GOOD), 0.1))
    assert [quote.ticked for quote in offered(weak, "shortcoming")] == [True]  # the strongest of a proposal always is
    praise = cell("information_sharing", (evidence(GOOD, flags=("good_practice",)), 9.0))
    assert [quote.ticked for quote in offered(praise, "shortcoming")] == [False]
    denied = proposed.model_copy(update={"value": "explicitly_absent"})
    assert [quote.text for quote in offered(denied)] == [GOOD, OTHER, THIRD] and all(q.ticked for q in offered(denied))


def test_a_choice_is_what_differs_from_the_ticks() -> None:
    on = "information_sharing"
    proposed = cell(on, (evidence(GOOD), 0.5), (evidence(OTHER, 200), 6.0))
    coding = review("a", proposed).coding

    def chose(*kept: Evidence) -> bool:
        act = {"author": "A", "role": "r", "at": "", "codebook_sha256": "", "reading_sha256": ""}
        return on in chosen_in(
            coding, [Decision(document_id="a", theme=on, value="present", evidence=kept, **act)], BOOK
        )

    weak, strong = proposed.evidence
    assert not chose(strong) and not chose(weak, strong) and chose(weak)
    assert not chose(evidence(THIRD, 400))  # words of the person's own, which count as typed
