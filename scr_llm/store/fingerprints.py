"""The words of documents as hashes of sentences, by which those that share most of them are found."""

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.engine import Connection

from scr_llm.records import Fingerprint
from scr_llm.store import tables
from scr_llm.store.rows import Rows

_MOST = 30_000
"""Sentences of a document that are looked up in one question: databases limit how many values one may have."""


class Fingerprints(Rows):
    """One fingerprint for each document that was read. They can be made again from the readings."""

    def save_fingerprint(self, made: Fingerprint) -> None:
        """Save a document's fingerprint, in place of one from before."""
        with self._writing() as connection:
            self._put_fingerprint(connection, made)

    def fingerprints(self) -> dict[str, str]:
        """Document id to what its fingerprint was made of."""
        columns = tables.fingerprints.c
        with self._reading() as connection:
            rows = connection.execute(select(columns.document_id, columns.made_of))
            return {str(row.document_id): str(row.made_of) for row in rows}

    def alike(self, own: Fingerprint, share: float) -> set[str]:
        """Ids of the documents that may have the same words, or of whose sentences one has this share in the other.

        There may be some too many, and never too few.
        """
        known, sentences = tables.fingerprints.c, tables.sentences.c
        shared = func.sum(sentences.letters)
        # One letter less, so that no rounding leaves out what stands at the limit.
        enough = or_(shared >= share * own.letters - 1, shared >= share * known.letters - 1)
        queries = [select(known.document_id).where(known.whole == own.whole)]
        if len(own.sentences) <= _MOST:
            of_sentences = (
                select(sentences.document_id)
                .join(tables.fingerprints, known.document_id == sentences.document_id)
                .where(sentences.sentence.in_(own.sentences))
                .group_by(sentences.document_id, known.letters)
                .having(enough)
            )
            queries.append(of_sentences)
        else:
            queries.append(select(known.document_id))
        with self._reading() as connection:
            return {str(row.document_id) for query in queries for row in connection.execute(query)}

    @staticmethod
    def _put_fingerprint(connection: Connection, made: Fingerprint) -> None:
        for table in (tables.sentences, tables.fingerprints):
            connection.execute(delete(table).where(table.c.document_id == made.document_id))
        values = {"document_id": made.document_id, "made_of": made.made_of, "whole": made.whole}
        connection.execute(insert(tables.fingerprints).values(**values, letters=made.letters))
        if made.sentences:
            rows = [
                {"document_id": made.document_id, "sentence": sentence, "letters": letters}
                for sentence, letters in made.sentences.items()
            ]
            connection.execute(insert(tables.sentences), rows)
