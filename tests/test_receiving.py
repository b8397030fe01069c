"""Files that come in by the page: their names, and what the inbox takes; and the files that open the workbench."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from served import ROOT

from scr_llm import Workspace
from scr_llm.errors import UsageError
from scr_llm.intake import receiving
from scr_llm.launchers import NAME, launchers, write_launchers
from scr_llm.text.file_names import LONGEST, safe_file_name

PDF = ROOT / "fixtures/batch-1/corriford-child-1.pdf"


@pytest.mark.parametrize(
    "given,wanted",
    [
        ("Child T.pdf", "Child T.pdf"),
        ("Child T.PDF", "Child T.PDF"),
        ("review", "review.pdf"),
        ("review.docx", "review.docx.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\a\review.pdf", "review.pdf"),
        (r"..\..\x.pdf", "x.pdf"),
        ("/", "file.pdf"),
        ("", "file.pdf"),
        (".", "file.pdf"),
        ("..", "file.pdf"),
        (".hidden.pdf", "hidden.pdf"),
        ("~$review.pdf", "review.pdf"),
        ("--project.pdf", "project.pdf"),
        ("a\x00b\x1fc.pdf", "abc.pdf"),
        ("a\nb.pdf", "ab.pdf"),
        ("a:b*c?.pdf", "a-b-c-.pdf"),
        ("name.pdf::$DATA", "name.pdf--$DATA.pdf"),
        ("CON.pdf", "file CON.pdf"),
        ("nul.tar.pdf", "file nul.tar.pdf"),
        ("com1.pdf", "file com1.pdf"),
        ("LPT¹.pdf", "file LPT¹.pdf"),
        ("console.pdf", "console.pdf"),
        ("trailing. . .pdf", "trailing.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe.pdf"),
        ("Zoe\u0308.pdf", "Zoë.pdf"),
        ("a\ud800.pdf", "a-.pdf"),
    ],
)
def test_a_name_is_reduced_to_a_safe_one(given: str, wanted: str) -> None:
    assert safe_file_name(given) == wanted


def test_a_name_is_never_too_long() -> None:
    for letter in ("x", "é", "😀"):
        name = safe_file_name(letter * 5000 + ".pdf")
        assert name.endswith(".pdf") and LONGEST - 4 <= len(name.encode()) <= LONGEST


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "p")


def part(workspace: Workspace, content: bytes) -> Path:
    path = workspace.project.outputs / ".x.part"
    path.write_bytes(content)
    return path


def inbox(workspace: Workspace) -> list[str]:
    return sorted(p.name for p in workspace.project.inbox.iterdir())


def test_a_file_is_moved_whole_into_the_inbox_and_there_once(workspace: Workspace) -> None:
    path, new = workspace.take(part(workspace, PDF.read_bytes()), "../Child 1.pdf")
    assert new and path.name == "Child 1.pdf" and path.read_bytes() == PDF.read_bytes()
    again, new = workspace.take(part(workspace, PDF.read_bytes()), "Child 1.pdf")
    assert again == path and not new
    assert inbox(workspace) == ["Child 1.pdf"]


def test_a_different_file_of_the_same_name_is_refused(workspace: Workspace) -> None:
    workspace.take(part(workspace, PDF.read_bytes()), "a.pdf")
    with pytest.raises(UsageError, match=r"a different file named a\.pdf is in the inbox already.*Rename"):
        workspace.take(part(workspace, b"%PDF-1.7 another"), "a.pdf")
    assert (workspace.project.inbox / "a.pdf").read_bytes() == PDF.read_bytes()


def test_what_is_not_a_pdf_is_named(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match=r"minutes\.docx is not a PDF.*save it as PDF"):
        workspace.take(part(workspace, b"PK\x03\x04"), "minutes.docx")
    with pytest.raises(UsageError, match=r"a\.pdf is empty"):
        workspace.take(part(workspace, b""), "a.pdf")
    assert inbox(workspace) == []


def test_the_inbox_takes_so_many_files_and_no_more(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_FILES", 1)
    workspace.take(part(workspace, b"%PDF-1.7 a"), "a.pdf")
    with pytest.raises(UsageError, match="1 files in the inbox already"):
        workspace.take(part(workspace, b"%PDF-1.7 b"), "b.pdf")


FOLDERS = (
    "plain",
    "with spaces",
    "it's & co",
    'a "quoted" one',
    "50% off $HOME `id`",
    "back\\slash",
    "Zoë 😀",
    "semi;colon && touch pwned",
    "-dash",
    "line\nend",
)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_launcher_opens_its_own_folder_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    told = tmp_path / "told"
    python = tmp_path / "py $(thon)'s"
    python.write_text(f'#!/bin/sh\npwd > {shlex.quote(str(told))}\nprintf "%s\\n" "$@" >> {shlex.quote(str(told))}\n')
    python.chmod(0o755)
    for kind, system in (("command", "darwin"), ("desktop", "linux")):
        told.unlink(missing_ok=True)
        file = folder / f"{NAME}.{kind}"
        file.write_bytes(launchers(folder, str(python), system)[file.name])
        file.chmod(0o700)
        command = [str(file)] if kind == "command" else desktop_command(file.read_text("utf-8"))
        subprocess.run(command, check=True, cwd=tmp_path)
        told_lines = told.read_text("utf-8")
        assert "-m\nscr_llm\nopen\n" in told_lines
        assert told_lines.startswith(f"{folder}\n") if kind == "command" else f"open\n{folder}\n" in told_lines
    assert not (tmp_path / "pwned").exists() and not (folder / "pwned").exists()


def desktop_command(entry: str) -> list[str]:
    """The command of a desktop entry, read by the rules of the specification: strings first, then the Exec key."""
    line = next(line for line in entry.splitlines() if line.startswith("Exec=")).removeprefix("Exec=")
    escapes = {"n": "\n", "t": "\t", "r": "\r", "s": " ", "\\": "\\"}
    text, at = "", 0
    while at < len(line):
        if line[at] == "\\":
            text, at = text + escapes[line[at + 1]], at + 2
        else:
            text, at = text + line[at], at + 1
    found: list[str] = []
    at = 0
    while at < len(text):
        assert text[at] == '"', "each argument is quoted"
        at, word = at + 1, ""
        while text[at] != '"':
            at += text[at] == "\\"
            word, at = word + text[at], at + 1
        found.append(word.replace("%%", "%"))
        at += 2
    return found


def test_the_launcher_for_windows_quotes_its_own_folder(tmp_path: Path) -> None:
    batch = launchers(tmp_path, r"C:\50% of\Python & co\python.exe", "win32")[f"{NAME}.bat"].decode()
    assert '"%~dp0."' in batch and "50%% of" in batch and "\r\n" in batch and "DisableDelayedExpansion" in batch
    assert "python.exe" not in launchers(tmp_path, "/usr/bin/python3", "linux")[f"{NAME}.bat"].decode()


def test_a_new_project_has_launchers_and_a_file_of_a_persons_own_stays(workspace: Workspace) -> None:
    root = workspace.project.root
    names = sorted(p.name for p in root.glob(f"{NAME}.*"))
    assert names == [f"{NAME}.{kind}" for kind in ("bat", "command", "desktop")]
    (root / f"{NAME}.bat").write_text("my own")
    (root / f"{NAME}.desktop").write_text("# scr-llm open, of another folder")
    write_launchers(root)
    assert (root / f"{NAME}.bat").read_text() == "my own"
    assert sys.platform != "linux" or str(root.resolve()) in (root / f"{NAME}.desktop").read_text()
    shutil.rmtree(root)
