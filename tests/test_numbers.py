"""Numbers in a text, in figures or spelt out."""

import pytest

from scr_llm.text.numbers import numbers_in, spelt_out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Seven of the eight reviews.", {7, 8}),
        ("Twenty-one visits, and forty two calls.", {21, 42}),
        ("One of them was found.", set()),
        ("Twenty and one.", {20}),
        ("They were often alone; a weight was taken.", set()),
    ],
)
def test_numbers_spelt_out(text: str, found: set[int]) -> None:
    assert spelt_out(text) == found


def test_all_numbers_once_as_digits() -> None:
    assert numbers_in("On 3 May, 12 of twelve said so, three times.") == ["3", "12"]
