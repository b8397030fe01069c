"""Quotes are exact, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_llm.stages.ground import locate
from scr_llm.text.find import Finder

TEXT = (
    "5.1 The health visitor did not share infor\xadmation with the multi\u2010\nagency team, and 3 referrals were ‘lost’.\n\n"
    "The ﬁrst co-ordinated plan failed – the Police should have acted in May 2009. Practice was sound (at first)."
)


@pytest.mark.parametrize(
    ("quote", "status", "stands"),
    [
        ("The health visitor did not share", "exact", "The health visitor did not share"),
        ("share information with the multi-agency team", "normalised", "share infor\xadmation with the multi\u2010\nagency team"),
        ("3 referrals were 'lost'", "normalised", "3 referrals were ‘lost’"),
        ("The first co-ordinated plan failed - the Police", "normalised", "The ﬁrst co-ordinated plan failed – the Police"),
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
    words = [w for w in text.split() if any(c.isalnum() for c in w) and w[0].isalnum() and w[-1].isalnum()]
    if words:
        quote = data.draw(st.sampled_from(words))
        match = Finder(text).find(quote)
        assert match.status in ("exact", "normalised")
        assert match.start is not None and text[match.start : match.end].strip()
