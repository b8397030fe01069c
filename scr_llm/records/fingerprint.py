"""What is stored of a document's words, to recognise the same words in another file without reading all texts again."""

from scr_llm.records.base import Record


class Fingerprint(Record):
    """A document's sentences, as hashes. It only finds the documents to compare; their texts decide."""

    document_id: str
    """The document."""
    made_of: str
    """The text and the version of the program that it was made from; with others it must be made again."""
    whole: str
    """Hash of all its letters and digits; empty where it has none."""
    letters: int
    """Letters of its sentences that are long enough to tell documents apart."""
    sentences: dict[int, int]
    """Each of these sentences, as a hash of 64 bits with a sign, and its letters."""
