"""The systems that the tool installs on without a compiler, and a check that every package has a wheel for each.

`make wheels` asks the registry for all default dependencies, as constraints.txt pins them, on each system with each
Python. It downloads no wheel.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_LINUX = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_26", "manylinux_2_17", "manylinux2014", "manylinux_2_12")
_MAC = "13.0"
"""The oldest macOS that is promised."""


@dataclass(frozen=True)
class Platform:
    """A system as the two installers name it."""

    target: str
    """As uv names it."""
    tags: tuple[str, ...]
    """The wheels that run there, as pip names them. pip adds those for older versions of macOS itself."""


PLATFORMS = {
    "windows": Platform("x86_64-pc-windows-msvc", ("win_amd64",)),
    "macos-arm64": Platform("aarch64-apple-darwin", ("macosx_13_0_arm64",)),
    "macos-x86_64": Platform("x86_64-apple-darwin", ("macosx_13_0_x86_64",)),
    "linux-x86_64": Platform("x86_64-manylinux_2_28", tuple(f"{tag}_x86_64" for tag in _LINUX)),
    "linux-arm64": Platform("aarch64-manylinux_2_28", tuple(f"{tag}_aarch64" for tag in _LINUX)),
}
"""Linux from glibc 2.28 (2018): Debian 10, Ubuntu 20.04, Red Hat 8."""


def pinned(platform: Platform, python: str, extras: Sequence[str] = ()) -> tuple[list[str], str]:
    """The packages that an installation needs there, as `name==version`; and, if there are none, why."""
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "-q", "--no-header", "--no-annotate", "--only-binary", ":all:",
         "--python-platform", platform.target, "--python-version", python, "-c", "constraints.txt",
         *(f"--extra={extra}" for extra in extras), "pyproject.toml"],
        cwd=ROOT,
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": _MAC},
        capture_output=True,
        text=True,
    )  # fmt: skip
    found = [line.split(";")[0].strip() for line in done.stdout.splitlines() if line.strip()]
    return (found, "") if done.returncode == 0 else ([], done.stderr.strip())


def main() -> int:
    """Check every system with every Python. Skips, and says so, where no registry is reached."""
    asked = [(name, python) for name in PLATFORMS for python in PYTHONS]
    with ThreadPoolExecutor(8) as together:  # nearly all of the time is waiting for the registry
        answers = list(together.map(lambda pair: pinned(PLATFORMS[pair[0]], pair[1]), asked))
    missing = unknown = 0
    for (name, python), (found, why) in zip(asked, answers, strict=True):
        reached = bool(found) or "No solution found" in why
        missing += reached and not found
        unknown += not reached
        told = f"{len(found)} packages, each with a wheel" if found else why
        print(f"{name}, Python {python}: {told if reached else 'not checked, no registry was reached'}")
    print(f"Without wheels: {missing} of {len(asked)}; not checked: {unknown}.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
