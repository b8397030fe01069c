"""Which pages of a review a person was shown in this visit: a list is confirmed only by somebody who saw them all."""


class ShownPages:
    """The pages that people were shown, by the person's name and the document."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, str], set[int]] = {}

    def add(self, who: str, document_id: str, page: int) -> None:
        """Note that a person was shown a page."""
        self._pages.setdefault((who, document_id), set()).add(page)

    def of(self, who: str, document_id: str) -> frozenset[int]:
        """The pages of a review that a person was shown."""
        return frozenset(self._pages.get((who, document_id), ()))

    def forget(self, who: str, document_id: str) -> None:
        """Forget the pages of a review that a person was shown: its list is confirmed."""
        self._pages.pop((who, document_id), None)
