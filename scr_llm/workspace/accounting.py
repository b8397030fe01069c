"""Accounting for the work in a workspace: audits, information packs, and erasing everything."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from scr_llm.errors import UsageError
from scr_llm.workspace.folder import Folder

if TYPE_CHECKING:
    from scr_llm.audit import RecordSummary
    from scr_llm.governance.audit_report import AuditReport
    from scr_llm.governance.move import Moved
    from scr_llm.records import Paper


class Accounting(Folder):
    """Accounting for the work in a workspace."""

    def record_summary(self) -> "RecordSummary":
        """How many decisions there are, whether their chain is intact, and what was sent to a model."""
        from scr_llm.audit import summary

        return summary(self.project)

    def audit(self) -> "AuditReport":
        """Compare the record with what every sign-off recorded, with the signed papers and with the inbox."""
        from scr_llm.governance.audit_report import audit

        return audit(self.project)

    def pack(self, kind: str) -> "Paper":
        """An information pack, without case text or names.

        Args:
            kind: foi (freedom of information), atr (a draft transparency record) or dpia (a fact sheet).
        """
        from scr_llm.governance.information_packs import pack

        return pack(self.project, kind)

    def kept_too_long(self) -> str | None:
        """The date until which the project was to be kept, if it has passed."""
        until = self.project.settings.retain_until
        return until if until and until < date.today().isoformat() else None

    def move(self, to: str, *, schema: str = "", password_env: str = "") -> "Moved":
        """Move the record to another database, and name it in project.toml. Open the workspace again afterwards.

        Args:
            to: address of a PostgreSQL database, without a password; or sqlite, for the file in the folder.
            schema: the project's own schema there; one is named after it by default.
            password_env: the environment variable that holds the password.

        Raises:
            UsageError: the address or the schema cannot be used, or something is there already.
            RefusedError: the record does not verify, or its copy is not the same. Nothing was changed.
            StoreError: one of the databases cannot be used.
        """
        from scr_llm.governance.move import move
        from scr_llm.settings import store_settings

        url = "" if to == "sqlite" else to
        if not url and (schema or password_env):
            raise UsageError("a SQLite file has no schema and no password.", next_step="Leave them out.")
        return move(self.project, store_settings(url, schema, password_env))

    def erase(self, *, inbox: bool = False) -> tuple[Path, list[str]]:
        """Erase everything that was read, coded, decided, asked and written; with `inbox`, the PDFs too.

        Returns:
            The certificate of hashes, dates and counts, and the names of what is still in the folder.
        """
        from scr_llm.governance.erase import forget, remaining

        return forget(self.project, inbox=inbox), remaining(self.project)
