"""Installed anywhere: everything is pinned, Windows is not forgotten, and any code page will do."""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scr_llm.project import init_project, load_project
from scr_llm.version import __version__
from scr_llm.workspace import Workspace

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "release"))

import licences  # noqa: E402
from notes import notes  # noqa: E402
from pins import NOT_PINNED  # noqa: E402
from platforms import PLATFORMS  # noqa: E402

PINS = [Requirement(line) for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line.strip()]


@pytest.mark.parametrize("extra", ["", *(e for e in licences.extras() if e not in NOT_PINNED)])
def test_everything_that_is_installed_is_pinned(extra: str) -> None:
    pinned = {canonicalize_name(pin.name) for pin in PINS}
    missing = set(licences.closure(licences.requirements(extra))) - pinned
    assert not missing, f"not in constraints.txt (make pins): {', '.join(sorted(missing))}"


def test_every_pin_is_one_version_on_each_system() -> None:
    assert not [str(pin) for pin in PINS if not re.fullmatch(r"==[\w.]+", str(pin.specifier))]
    named = [canonicalize_name(pin.name) for pin in PINS if pin.marker is None]
    assert len(named) == len(set(named))


def test_the_licences_are_those_of_the_pinned_packages() -> None:
    text = (ROOT / "THIRD-PARTY.md").read_text("utf-8")
    listed = {canonicalize_name(name): held for name, held in re.findall(r"^\| ([\w.-]+) \| (\d[\w.]*) \|", text, re.M)}
    pins = {(canonicalize_name(pin.name), str(pin.specifier)[2:]) for pin in PINS}
    elsewhere = {"colorama", "pywin32", "tzdata"}  # on Windows only
    for extra in ("", *(e for e in licences.extras() if e not in licences.FOR_DEVELOPERS)):
        missing = set(licences.closure(licences.requirements(extra))) - set(listed) - elsewhere
        assert not missing, f"not in THIRD-PARTY.md (make licences): {', '.join(sorted(missing))}"
    assert not set(listed.items()) - pins, "make licences"


# What Windows lacks. Where the program uses one, the line says how it does without.
_POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
_POSIX_CALLS = {
    "os": "chown chroot fork forkpty getegid geteuid getgid getgroups getloadavg getpgid getpgrp getpriority getsid "
    "getuid initgroups killpg lchown link mkfifo mknod nice openpty posix_fadvise posix_fallocate posix_spawn pread "
    "pwrite sched_getaffinity sched_setaffinity sendfile setegid seteuid setgid setpgid setsid setuid symlink sync "
    "uname wait wait4 waitpid O_NOFOLLOW O_DIRECTORY O_NONBLOCK O_CLOEXEC",
    "signal": "SIGALRM SIGCHLD SIGHUP SIGKILL SIGQUIT SIGUSR1 SIGUSR2 alarm pause pthread_kill pthread_sigmask "
    "set_wakeup_fd setitimer sigwait",
    "socket": "AF_UNIX SO_REUSEPORT",
    "time": "tzset",
}
GUARDED = {
    ("files.py", "os.link"): "exists on Windows; a file system without links is caught",
    ("web/turn.py", "fcntl"): "its absence is caught; on Windows one process serves the page",
    ("stages/read/apart.py", "signal.pthread_sigmask"): "returns earlier where there are no signal masks",
    ("web/run_process.py", "signal.SIGUSR1"): "another signal on win32",
    ("web/run_process.py", "signal.pthread_kill"): "another call on win32",
    ("web/server.py", "resource"): "its absence is caught",
}


def _posix_uses(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & _POSIX_MODULES
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found |= {module} & _POSIX_MODULES
            found |= {f"{module}.{a.name}" for a in node.names if a.name in _POSIX_CALLS.get(module, "").split()}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in _POSIX_CALLS.get(node.value.id, "").split():
                found.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.keyword) and node.arg == "preexec_fn":
            found.add("preexec_fn")
    return found


def test_nothing_is_called_that_windows_lacks() -> None:
    package = ROOT / "scr_llm"
    used = {
        (path.relative_to(package).as_posix(), use)
        for path in package.rglob("*.py")
        for use in _posix_uses(ast.parse(path.read_text("utf-8")))
    }
    assert used == set(GUARDED)


@pytest.mark.parametrize("text", ["import fcntl", "from os import fork", "os.getuid()", "run(preexec_fn=f)"])
def test_what_windows_lacks_is_seen(text: str) -> None:
    assert _posix_uses(ast.parse(text))


def test_no_file_of_the_project_has_a_name_that_windows_refuses() -> None:
    given = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if given.returncode:
        pytest.skip("not a checkout")
    device = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)
    names = given.stdout.splitlines()
    bad = [n for n in names if any(device.fullmatch(p) or re.search(r'[<>:"\\|?*]|[. ]$', p) for p in n.split("/"))]
    assert not bad
    assert len({name.casefold() for name in names}) == len(names)
    assert max(map(len, names)) < 120  # C:\Users\somebody\Documents\… fits before it in 260


@pytest.mark.parametrize("file", ["project.toml", "codebook.yaml"])
def test_line_ends_of_windows_change_nothing(tmp_path: Path, file: str) -> None:
    root = tmp_path / "p"
    init_project(root)
    before = (load_project(root).settings, Workspace.open(root).codebook())
    path = root / file
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    after = (load_project(root).settings, Workspace.open(root).codebook())
    assert before[0] == after[0]
    assert before[1].codes == after[1].codes


def _said(encoding: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, "-m", "scr_llm", *arguments]
    return subprocess.run(line, env={**os.environ, "PYTHONIOENCODING": encoding}, cwd=ROOT, capture_output=True)


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
def test_any_code_page_will_do(tmp_path: Path, encoding: str) -> None:
    text, quotes = tmp_path / "t.txt", tmp_path / "q.json"
    wanted = "‘Zoë’ → 子 😀"
    text.write_text(f"She said {wanted}.", "utf-8")
    quotes.write_text(json.dumps([wanted]), "utf-8")
    done = _said(encoding, "ground", "--text", str(text), "--quotes", str(quotes))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode(encoding))[0]["matched"] == wanted
    missing = _said(encoding, "status", "--project", str(tmp_path / "子"))
    assert missing.returncode == 2 and b"\\u5b50" in missing.stderr


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_every_listing_is_printed_on_any_code_page(tmp_path: Path, encoding: str) -> None:
    assert _said(encoding, "demo", "--out", str(tmp_path / "p")).returncode == 0
    listings = (
        "status",
        "doctor",
        "doctor --codebook",
        "suggest-themes",
        "audit",
        "status --json",
        "export --format json",
    )
    for listing in listings:
        done = _said(encoding, *listing.split(), "--project", str(tmp_path / "p"))
        assert done.returncode == 0 and b"unexpected error" not in done.stderr, (listing, done.stderr)


@pytest.mark.parametrize("name", ["CON", "nul.txt", "a" * 300, "Überblick 子 😀"])
def test_a_file_given_in_the_browser_gets_a_name_that_windows_takes(tmp_path: Path, name: str) -> None:
    init_project(tmp_path / "p")
    part = tmp_path / "part"
    shutil.copy(next((ROOT / "fixtures/batch-1").glob("*.pdf")), part)
    path, _ = Workspace.open(tmp_path / "p").take(part, f"{name}.pdf")
    assert path.is_file() and not re.fullmatch(r"(con|nul)(\..*)?", path.name, re.I) and len(path.name.encode()) <= 184


def _bundle(folder: Path) -> Path:
    (folder / "wheels").mkdir(parents=True)
    for file in (ROOT / "release/installer").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    lines = [
        f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder).as_posix()}\n"
        for f in folder.rglob("*")
        if f.is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")
    return folder


def test_a_damaged_bundle_is_not_installed(tmp_path: Path) -> None:
    folder = _bundle(tmp_path / "bundle")
    (folder / "README.txt").write_text("other words", "utf-8")
    done = subprocess.run([sys.executable, str(folder / "install.py")], capture_output=True, text=True)
    assert done.returncode == 1 and "damaged: README.txt" in done.stderr
    assert not (folder / "scr-llm").exists()


def test_the_notes_of_a_release_are_its_section_of_the_changelog() -> None:
    text = "# Changelog\n\n## 0.2.0 – 2026-12-01\n\n- New.\n\n## 0.1.0 – 2026-11-30\n\n- Old.\n"
    assert notes(text, "0.2.0") == "## 0.2.0 – 2026-12-01\n\n- New.\n"
    assert notes(text, "0.1.0") == "## 0.1.0 – 2026-11-30\n\n- Old.\n"
    assert notes(text, "0.1") == ""
    assert notes((ROOT / "CHANGELOG.md").read_text("utf-8"), __version__)


def test_the_citation_and_the_install_page_have_this_version() -> None:
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    named = re.findall(r"scr_llm-([\d.]+)-py3", (ROOT / "docs/install.md").read_text("utf-8"))
    assert named and set(named) == {__version__}


def test_every_system_of_the_bundle_is_documented() -> None:
    text = (ROOT / "docs/install.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in PLATFORMS)
