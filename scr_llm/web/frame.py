"""The templates, and what stands around every page."""

import re
from collections.abc import Mapping
from urllib.parse import quote as in_url

from jinja2 import Environment, PackageLoader, StrictUndefined

from scr_llm.records import Code
from scr_llm.review.cells import Reviewer
from scr_llm.stages.decisions.items import LIST
from scr_llm.text.words import CONTEXTS, VALUES, in_words
from scr_llm.web.form import place_of
from scr_llm.web.shown import Frame, Link, Progress, Shown

STATES = {
    "undecided": "proposed by the coder, undecided",
    "decided": "decided",
    "stale": "decided, but the definition has changed since",
    "disagreed": "two reviewers differ",
}
"""State of a cell to the words beside its value."""
SHORT_STATES = STATES | {"undecided": "undecided", "stale": "definition changed", "disagreed": "reviewers differ"}
"""The same where there is little room."""
_CODE_ID = re.compile(r"\b\w+_\w+\b|(?<=\()\w+(?=\)| if )")
"""A word that may be the id of another code: `silo_working` anywhere, `(neglect)` in brackets."""


def environment(codes: Mapping[str, Code]) -> Environment:
    """The templates, with the words that they need. A name that is not there is an error, not a gap on the page."""
    made = Environment(
        loader=PackageLoader("scr_llm.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    labels = {code.id: code.label for code in codes.values()}
    made.filters |= {
        "words": in_words,
        "value": VALUES.__getitem__,
        "state": STATES.__getitem__,
        "short_state": SHORT_STATES.__getitem__,
        "context": lambda context: CONTEXTS.get(context, context),
        # A code's exclusions name other codes by their ids, in brackets; a person reads their labels.
        "labelled": lambda text: _CODE_ID.sub(lambda found: labels.get(found[0], found[0]), str(text)),
        "part": part,
        "cell_path": cell_path,
        "place": place_of,
    }
    return made


def part(text: str) -> str:
    """A text as one part of an address."""
    return in_url(str(text), safe="")


def cell_path(key: tuple[str, str]) -> str:
    """The path of the page of a cell or of a list, below the page's own address."""
    if key[1] == LIST:
        return f"/list/{part(key[0])}"
    return f"/cell/{part(key[0])}/{part(key[1])}"


def links(who: Reviewer, progress: Progress, page: Shown) -> tuple[Link, ...]:
    """The navigation. A new page that people go to by themselves is one line here, and a `tab` in its record."""
    after = f"?document={part(page.at[0])}&key={part(page.at[1])}" if page.at else ""
    after += "&again=1" if page.revisits else ""
    differ = f" ({progress.disagreed})" if progress.disagreed else ""
    found = [] if who.blind else [Link("Home", "/")]
    found += [Link("Matrix", "/matrix", key="m"), Link("Next cell", f"/next{after}", key="n")]
    found.append(Link("Codebook", "/codebook"))
    if not who.blind:
        found += [Link(f"Disagreements{differ}", "/disagreements"), Link("Sign-off", "/sign-off")]
        found.append(Link("Second reviewer", "/second"))
    found.append(Link("Keys and help", "/help"))
    return tuple(Link(link.text, link.path, here=link.path == page.tab, key=link.key) for link in found)


def filled(templates: Environment, page: Shown, frame: Frame) -> str:
    """A page as HTML."""
    return templates.get_template(page.template).render(p=page, **vars(frame))
