"""Installs scr-llm from this folder, without internet and without administrator rights.

Run by install.sh or install.bat. Checks every file against SHA256SUMS, makes an environment in the folder `scr-llm`
beside the wheels (or where the first argument says), and installs into it.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Check, install, and say how to start it."""
    if sys.version_info < (3, 11):  # noqa: UP036 (it may be run by any Python)
        sys.exit(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}. Install one, then run this again.")
    if sys.argv[1:2] and sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    damaged = [name for name, wanted in _sums() if _sum(HERE / name) != wanted]
    if damaged:
        sys.exit(f"Missing or damaged: {', '.join(damaged)}. Copy the folder again from where you got it.")
    place = Path(sys.argv[1] if len(sys.argv) > 1 else HERE / "scr-llm").resolve()
    try:
        venv.create(place, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit("This Python cannot make environments. On Debian and Ubuntu, install the package python3-venv first.")
    programs = place / ("Scripts" if sys.platform == "win32" else "bin")
    python = programs / ("python.exe" if sys.platform == "win32" else "python")
    # --isolated: settings of this computer cannot send pip to a registry.
    pip = [str(python), "-m", "pip", "--isolated", "install", "-q", "--disable-pip-version-check", "--no-index"]
    wanted = (HERE / "install.txt").read_text("utf-8").strip()  # with its extras
    done = subprocess.run([*pip, "--find-links", str(HERE / "wheels"), wanted])
    if done.returncode:
        sys.exit("It was not installed: see above. Is the bundle for this system, and for this version of Python?")
    command = programs / ("scr-llm.exe" if sys.platform == "win32" else "scr-llm")
    print(f'Installed. Try it with:\n  "{command}" demo\nand begin with:\n  "{command}" open my-reviews')


def _sums() -> list[tuple[str, str]]:
    """File name and SHA-256, as SHA256SUMS lists them."""
    lines = (HERE / "SHA256SUMS").read_text("utf-8").splitlines()
    return [(name, wanted) for wanted, name in (line.split("  ", 1) for line in lines)]


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


if __name__ == "__main__":
    main()
