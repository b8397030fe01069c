"""The tables. Records are stored as their own JSON; the other columns are there for look-ups.

Rows that are only ever appended are numbered by us, inside the write lock, and not by the database: a sequence of
PostgreSQL's would leave a gap after each transaction that was rolled back, and the audit takes a gap for a removed row.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

from scr_llm.store.backends.expressions import AnyText, ThemeOf

metadata = MetaData()

migrations = Table(
    "migrations", metadata, Column("number", Integer, primary_key=True), Column("name", String, nullable=False)
)

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("file", String, nullable=False),
    Column("status", String, nullable=False),
    Column("record", Text, nullable=False),
)

documents_of_file = Index("documents_of_file", documents.c.file)

readings = Table(
    "readings",
    metadata,
    Column("document_id", String, ForeignKey("documents.id"), primary_key=True),
    Column("sha256", String, nullable=False),
    Column("record", Text, nullable=False),
)

codings = Table(
    "codings",
    metadata,
    Column("document_id", String, ForeignKey("documents.id"), primary_key=True),
    Column("draft", Text, nullable=False),
    Column("record", Text, nullable=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("made_of", String, nullable=False),
    Column("whole", String, nullable=False, index=True),
    Column("letters", Integer, nullable=False),
)

sentences = Table(
    "sentences",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("sentence", BigInteger, primary_key=True, autoincrement=False),
    Column("letters", Integer, nullable=False),
    Index("documents_with_sentence", "sentence", "document_id", "letters"),
)

decided_theme = ThemeOf()
"""The theme of a decision, read from its record. It is indexed as an expression and not stored as a column, so that
it cannot disagree with the record."""

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("document_id", String, ForeignKey("documents.id"), nullable=False),
    Column("record", Text, nullable=False),
    Column("prev_hash", String, nullable=False),
    Column("hash", String, nullable=False),
)

decisions_on_cell = Index("decisions_on_cell", decisions.c.document_id, decided_theme, _table=decisions)

heads = Table(
    "heads",
    metadata,
    Column("chain", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("hash", String, nullable=False),
)

sign_offs = Table(
    "sign_offs",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
    Column("paper", Text, nullable=False),
    Column("prev_hash", String, nullable=False),
    Column("hash", String, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("document_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("record", Text, nullable=False),
    Column("prev_hash", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("history_of", "document_id", "kind", "seq"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("model", String, nullable=False),
    Column("bytes_out", Integer, nullable=False),
    Column("sha256", String, nullable=False),
    Column("document_id", String),
    Column("record", Text),
    Column("prev_hash", String),
    Column("hash", String),
)

batches = Table(
    "batches",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("questions", Text, nullable=False),
    Column("collected", Integer, nullable=False),
)

replies = Table(
    "replies",
    metadata,
    Column("key", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("model", String, nullable=False),
    Column("document_id", String),
    Column("raw", AnyText, nullable=False),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
)

replies_of = Index("replies_of", replies.c.document_id)
documents_in_order = Index("documents_in_order", documents.c.position)

codebook_changes = Table(
    "codebook_changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
    Column("prev_hash", String, nullable=False),
    Column("hash", String, nullable=False),
)

log = Table(
    "log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
)

moves = Table(
    "moves",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("to", String, nullable=False),
)
"""Where the record was moved to. With a row here nothing more is written, and nothing is read from here either."""
