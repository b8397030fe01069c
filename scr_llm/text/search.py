"""Which sentences of a document come nearest to a code."""

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
    """Sentences by the words of a code: SQLite's own full-text index, ranked by BM25 over word stems. In memory; nothing is written."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("CREATE VIRTUAL TABLE line USING fts5(text, tokenize='porter')")
        self._db.executemany("INSERT INTO line(rowid, text) VALUES (?, ?)", enumerate(texts))

    def best(self, code: Code, most: int) -> list[int]:
        """Indices of the sentences that share the rarest words with the code's own, best first."""
        text = " ".join(
            (code.label, code.definition, *code.include)
        ).casefold()  # not the wordings: those the rules have looked for
        words = sorted(set(re.findall(r"[a-z]{4,}", text)) - _COMMON)
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = (
            self._db.execute(
                "SELECT rowid FROM line WHERE line MATCH ? ORDER BY bm25(line), rowid LIMIT ?", (asked, most)
            ).fetchall()
            if words
            else []
        )
        return [row[0] for row in rows]
