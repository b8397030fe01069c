"""Quotes are exact, or refused."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scr_llm.stages.ground import locate
from scr_llm.text.find import Finder
from scr_llm.text.normalise import normalise

TEXT = (
    "5.1 The health visitor did not share infor\xadmation with the multi\u2010\n"
    "agency team, and 3 referrals were ‘lost’.\n\n"
    "The ﬁrst co-ordinated plan failed – the Police should have acted in May 2009. Practice was sound (at first)."
)


@pytest.mark.parametrize(
    ("quote", "status", "stands"),
    [
        ("The health visitor did not share", "exact", "The health visitor did not share"),
        (
            "share information with the multi-agency team",
            "normalised",
            "share infor\xadmation with the multi\u2010\nagency team",
        ),
        ("3 referrals were 'lost'", "normalised", "3 referrals were ‘lost’"),
        (
            "The first co-ordinated plan failed - the Police",
            "normalised",
            "The ﬁrst co-ordinated plan failed – the Police",
        ),
        ("did not share ... 3 referrals were", "normalised", None),
    ],
)
def test_true_quotes_are_found(quote: str, status: str, stands: str | None) -> None:
    (found,) = locate(TEXT, [quote])
    assert found["status"] == status
    if stands:
        assert found["matched"] == stands == TEXT[found["start"] : found["end"]]


@pytest.mark.parametrize(
    "quote",
    [
        "The health visitor did share information with the multi-agency team",
        "and 4 referrals were 'lost'",
        "the Police must have acted in May 2009",
        "The social worker did not share information",
        "3 referrals were lost ... The health visitor did not share",
        "share infor",
        "The first coordinated plan failed",
        "the Police (rightly) should have acted",
        "",
        "...",
    ],
)
def test_altered_quotes_are_refused(quote: str) -> None:
    assert locate(TEXT, [quote])[0]["status"] in ("near", "absent")


def test_near_shows_the_differing_words() -> None:
    (found,) = locate(TEXT, ["and 4 referrals were ‘lost’."])
    assert found["status"] == "near"
    assert found["diff"] == ["- 4 (number)", "+ 3 (number)"]


@given(st.text(alphabet="ab -‐\xad\n‘ﬁ", min_size=1, max_size=60), st.data())
def test_any_whole_stretch_is_found_in_its_text(text: str, data: st.DataObject) -> None:
    assume(not re.search(r"[-‐\xad][ ]*\n", text))  # half of a divided word is no whole stretch
    words = [w for w in text.split() if any(c.isalnum() for c in w) and w[0].isalnum() and w[-1].isalnum()]
    if words:
        quote = data.draw(st.sampled_from(words))
        match = Finder(text).find(quote)
        assert match.status in ("exact", "normalised")
        assert match.start is not None and text[match.start : match.end].strip()


@given(st.text(max_size=80))
def test_normalising_keeps_its_offsets(text: str) -> None:
    normal = normalise(text)
    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(normal.starts, normal.ends, strict=True))
    assert list(normal.starts) == sorted(normal.starts)


@given(
    st.lists(
        st.sampled_from(["police", "did", "not", "act", "3", "non-accidental", "the", "mother’s"]),
        min_size=8,
        max_size=40,
    ),
    st.data(),
)
def test_a_stretch_of_words_is_found_and_a_changed_one_is_not(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    at = data.draw(st.integers(0, len(words) - 4))
    quote = words[at : at + 4]
    (found,) = locate(text, [" ".join(quote)])
    assert found["status"] == "exact" and text[found["start"] : found["end"]] == " ".join(quote)
    assert locate(text, [" ".join([*quote[:2], "clearly", *quote[2:]])])[0]["status"] in ("near", "absent")
