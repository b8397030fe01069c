"""Prints the notes of a release: the section of a version in CHANGELOG.md."""

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def notes(changelog: str, version: str) -> str:
    """What the changelog says of a version, with its heading; empty if it says nothing."""
    found = re.search(rf"^## {re.escape(version)} –.*?(?=^## |\Z)", changelog, re.M | re.S)
    return f"{found[0].strip()}\n" if found else ""


if __name__ == "__main__":
    said = notes(CHANGELOG.read_text("utf-8"), sys.argv[1])
    if not said:
        sys.exit(f"CHANGELOG.md has no section for {sys.argv[1]}.")
    sys.stdout.reconfigure(encoding="utf-8")
    print(said, end="")
