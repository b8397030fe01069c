"""Find the sentences of a document that are nearest to a code."""

import re
import sqlite3
from collections.abc import Sequence

from scr_llm.records import Code

_COMMON = frozenset(
    [
        "that",
        "this",
        "with",
        "from",
        "have",
        "been",
        "were",
        "where",
        "which",
        "when",
        "what",
        "than",
        "then",
        "they",
        "their",
        "there",
        "child",
        "children",
        "review",
        "reviews",
        "reports",
        "present",
        "parent",
        "parents",
        "family",
        "people",
        "other",
        "same",
        "only",
        "does",
        "used",
        "some",
        "more",
        "also",
        "into",
        "about",
    ]
)


class Search:
    """Searches sentences for the words of a code.

    Uses SQLite's full-text index, ranked by BM25 over word stems, in memory; nothing is written to disk.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("CREATE VIRTUAL TABLE line USING fts5(text, tokenize='porter')")
        self._db.executemany("INSERT INTO line(rowid, text) VALUES (?, ?)", enumerate(texts))

    def best(self, code: Code, most: int) -> list[int]:
        """Indices of the sentences that share the rarest words with the code, best first."""
        # without the code's wordings: the rules have already looked for those
        text = " ".join((code.label, code.definition, *code.include)).casefold()
        words = sorted(set(re.findall(r"[a-z]{4,}", text)) - _COMMON)
        if not words:
            return []
        query = "SELECT rowid FROM line WHERE line MATCH ? ORDER BY bm25(line), rowid LIMIT ?"
        any_word = " OR ".join(f'"{word}"' for word in words)
        return [row[0] for row in self._db.execute(query, (any_word, most)).fetchall()]
