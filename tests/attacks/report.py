"""Run every attack and write to docs/reliability.md what was tried, how often, and what held: `make reliability`."""

import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- attacks -->", "<!-- end attacks -->"


def main() -> int:
    """Run, write, and say whether all held."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "tests/attacks",
            "-m",
            "slow or not slow",
            f"--junitxml={found}",
            "-p",
            "no:cacheprovider",
        ]
        code = subprocess.run(command, cwd=ROOT, env={**os.environ, "SCR_LLM_KILLS": "all"}, check=False).returncode
        cases = list(ElementTree.parse(found).iter("testcase"))
    page = PAGE.read_text("utf-8")
    start, end = page.index(BEGIN), page.index(END)
    PAGE.write_text(page[:start] + f"{BEGIN}\n{table(cases)}\n" + page[end:], "utf-8")
    return code


def table(cases: list[ElementTree.Element]) -> str:
    """A row a test, by what it tries."""
    rows: dict[tuple[str, str], list[int]] = {}
    for case in cases:
        about = case.get("classname", "").rpartition(".")[2].removeprefix("test_").replace("_", " ")
        what = re.sub(r"\[.*", "", case.get("name", "")).removeprefix("test_").replace("_", " ")
        times = sum(int(p.get("value", "1")) for p in case.iter("property") if p.get("name") == "times") or 1
        tried, held, skipped = rows.setdefault((about, what), [0, 0, 0])
        failed = case.find("failure") is not None or case.find("error") is not None
        left = case.find("skipped") is not None
        rows[about, what] = [tried + times * (not left), held + times * (not failed and not left), skipped + left]
    lines = [
        f"Written by `make reliability` on {datetime.now(UTC).date().isoformat()}.",
        "",
        "| about | what was tried and what must hold | times | held |",
        "|---|---|---|---|",
    ]
    for (about, what), (tried, held, skipped) in sorted(rows.items()):
        lines.append(f"| {about} | {what} | {tried}{f' ({skipped} not possible here)' if skipped else ''} | {held} |")
    total = [sum(r[n] for r in rows.values()) for n in (0, 1)]
    return "\n".join([*lines, f"| **all** | | **{total[0]}** | **{total[1]}** |"])


if __name__ == "__main__":
    sys.exit(main())
