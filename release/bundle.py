"""Makes a folder from which the tool installs without internet: `make bundle PLATFORM=windows`.

It holds the wheels of the tool and of all that it needs, an installer for a double click, and SHA256SUMS.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from platforms import PLATFORMS, PYTHONS, ROOT, Platform, pinned

_INSTALLER = Path(__file__).with_name("installer")
"""What is copied into every bundle."""


def main() -> int:
    """Make the bundle, or say which package could not be had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=PLATFORMS, default="linux-x86_64")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="only for this Python; may be repeated")
    parser.add_argument("--extra", action="append", default=[], help="with this extra; may be repeated")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    given = parser.parse_args()
    folder = given.out / f"scr-llm-{given.platform}"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    _run("hatchling", "build", "-t", "wheel", "-d", str(wheels))
    for python in given.python or PYTHONS:
        found, why = pinned(PLATFORMS[given.platform], python, given.extra)
        if not found:
            print(f"Nothing can be bundled for {given.platform}, Python {python}:\n{why}", file=sys.stderr)
            return 1
        _download(found, PLATFORMS[given.platform], python, wheels)
    windows = given.platform == "windows"
    for name in ("install.py", "install.bat" if windows else "install.sh", "README.txt"):
        _place(_INSTALLER / name, folder / name, crlf=windows)
    wanted = f"scr-llm[{','.join(given.extra)}]\n" if given.extra else "scr-llm\n"
    (folder / "install.txt").write_bytes(wanted.encode())
    _sum(folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"Made {folder}: {len(list(wheels.iterdir()))} wheels, {size / 1e6:.0f} MB.")
    return 0


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, check=True)


def _download(packages: list[str], platform: Platform, python: str, wheels: Path) -> None:
    """Fetch one wheel of each package. Those that fit several Pythons are fetched once."""
    tags = [argument for tag in platform.tags for argument in ("--platform", tag)]
    where = ("--python-version", python, "--implementation", "cp", "-d", str(wheels))
    _run("pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
         *tags, *where, *packages)  # fmt: skip


def _place(source: Path, target: Path, *, crlf: bool) -> None:
    """Copy a text with the line ends of its system."""
    content = source.read_bytes().replace(b"\r\n", b"\n")
    target.write_bytes(content.replace(b"\n", b"\r\n") if crlf else content)
    target.chmod(0o755 if target.suffix == ".sh" else 0o644)


def _sum(folder: Path) -> None:
    """Write SHA256SUMS as `sha256sum --check` reads it."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder).as_posix()}\n" for f in files]
    (folder / "SHA256SUMS").write_bytes("".join(lines).encode())


if __name__ == "__main__":
    sys.exit(main())
