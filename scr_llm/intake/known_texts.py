"""The texts that are known, to find those that a new document repeats. None is held in memory."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scr_llm.records import Document, Fingerprint, Reading
from scr_llm.stages.duplicates import MOST, Relation, TextFingerprint, compare
from scr_llm.store import Store
from scr_llm.version import __version__


@dataclass(frozen=True)
class NewText:
    """A text that is compared with the known ones."""

    text: TextFingerprint
    """Its sentences."""
    stored: Fingerprint
    """The same as the store keeps them."""


class KnownTexts:
    """Texts of documents, by the fingerprints in the store."""

    def __init__(self, store: Store, documents: Iterable[Document]) -> None:
        """Fingerprint what was read by another version of the program, or has none yet.

        Args:
            store: has the readings.
            documents: those that may be repeated, in the order in which they are compared.
        """
        self._store = store
        self._known = {d.id: d for d in documents}
        made, texts = store.fingerprints(), store.reading_hashes(list(self._known))
        for document in [d for d in self._known.values() if made.get(d.id) != _made_of(texts.get(d.id, ""))]:
            if reading := store.reading(document.id):
                store.save_fingerprint(self.fingerprint(document, reading).stored)
            else:
                self.forget(document.id)

    @staticmethod
    def fingerprint(document: Document, reading: Reading) -> NewText:
        """The fingerprint of a reading."""
        text = TextFingerprint.of(document, reading)
        return NewText(text, text.stored(_made_of(reading.sha256)))

    def repeated(self, own: NewText, may_be: Callable[[Document], bool]) -> Relation | None:
        """How a text relates to the first known one that it repeats in whole or in part; None if it repeats none."""
        alike = self._store.alike(own.stored, MOST)
        older = (d for d in self._known.values() if d.id in alike and may_be(d)) if alike else ()
        return compare(own.text, (TextFingerprint.of(d, r) for d in older if (r := self._store.reading(d.id))))

    def add(self, document: Document) -> None:
        """A document whose text and fingerprint are in the store now. It is compared after those before it."""
        self.forget(document.id)
        self._known[document.id] = document

    def forget(self, document_id: str) -> None:
        """A document that is no longer compared."""
        self._known.pop(document_id, None)


def _made_of(text: str) -> str:
    return f"{__version__} {text}"
