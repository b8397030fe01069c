"""Asks for known vulnerabilities of every pinned package: `make audit`. Skips, and says so, where nobody answers."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print each vulnerability; the exit code is 1 if there is one."""
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "-r", "constraints.txt", "--no-deps", "--disable-pip", "-f", "json",
         "--progress-spinner", "off"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )  # fmt: skip
    if not done.stdout.strip():
        print(f"Vulnerabilities were not checked: nobody answered.\n{done.stderr.strip()[-500:]}")
        return 0
    packages = json.loads(done.stdout)["dependencies"]
    unknown = [p["name"] for p in packages if "skip_reason" in p]
    found = [(p, v) for p in packages for v in p.get("vulns", ())]
    for package, vulnerability in found:
        fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {vulnerability['id']}, mended in {fixed}")
    if unknown:
        print(f"Not checked, as nothing is known of them here: {len(unknown)} of {len(packages)} packages.")
    print(f"{len(found)} known vulnerabilities in the {len(packages) - len(unknown)} packages that were checked.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
