"""What goes wrong with files, folders, disks and the database.

Each time: a clear message, a next step, exit code 2 or 3, and the other documents go on.
"""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import ON_POSTGRESQL, copy_project, of_the_file
from served import ROOT, coded_project

pytestmark = pytest.mark.slow
NAME = "corriford-child-1"


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("disk") / "p", (NAME,))


@pytest.fixture
def root(coded: Path, tmp_path: Path) -> Path:
    copy_project(coded, tmp_path / "p")
    return tmp_path / "p"


def scr(*arguments: str | Path, plain: bool = False, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line.

    `plain` runs it as a user without special rights, even where the tests run as root, who may do anything.
    """
    command = [sys.executable, "-m", "scr_llm", *map(str, arguments)]
    if plain and os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("SKIPPED: there is no setpriv here, and root may read everything.")
        command = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *command]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=cwd or ROOT)


def clear(done: subprocess.CompletedProcess[str], *codes: int) -> str:
    assert done.returncode in codes, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr and "should not have happened" not in done.stderr, done.stderr
    return done.stderr + done.stdout


def test_a_file_that_may_not_be_read_is_its_own_state(root: Path) -> None:
    shutil.copyfile(next(ROOT.glob("fixtures/batch-*/dunvarrow-young-person-r.pdf")), root / "inbox/second.pdf")
    (root / "inbox/locked.pdf").write_bytes(b"%PDF-1.4 x")
    (root / "inbox/locked.pdf").chmod(0)
    said = clear(scr("run", "--project", root, plain=True), 1)
    assert "locked.pdf: unreadable: you may not read it" in said and "Coded 1 document, 1 kept" in said
    assert "locked.pdf: unreadable" in clear(scr("status", "--project", root, plain=True), 0)
    (root / "inbox/locked.pdf").chmod(0o600)
    shutil.copyfile(next(ROOT.glob("fixtures/batch-*/vellingham-child-s.pdf")), root / "inbox/locked.pdf")
    clear(scr("run", "--project", root, plain=True), 0)


def test_a_folder_that_may_only_be_read(root: Path) -> None:
    (root / "outputs").chmod(0o555)
    said = clear(scr("run", "--project", root, plain=True), 2, 3)
    assert "permission was refused" in said or "cannot be written to" in said or "cannot be opened" in said
    (root / "outputs").chmod(0o755)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of twelve megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("SKIPPED: no small disk can be mounted here.")
    yield disk
    subprocess.run(["umount", str(disk)], check=False)


def test_a_full_disk(root: Path, full_disk: Path) -> None:
    copy_project(root, full_disk / "p")
    with (full_disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * 4096)
        except OSError:
            pass
    record = () if ON_POSTGRESQL else (("exclude", f"{NAME}.pdf", "--reason", "No."),)  # it lies on a server there
    for command in (("brief",), ("run",), *record):
        said = clear(scr(*command, "--project", full_disk / "p"), 2, 3)
        assert "full" in said and "Free some space" in said, said
    (full_disk / "filler").unlink()
    clear(scr("run", "--project", full_disk / "p"), 0)


def lock(root: Path) -> sqlite3.Connection:
    held = sqlite3.connect(root / "scr_llm.sqlite", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    return held


@of_the_file
def test_a_database_that_another_program_holds(root: Path) -> None:
    held = lock(root)
    said = clear(scr("exclude", f"{NAME}.pdf", "--reason", "No.", "--project", root), 3)
    assert "in use by another program" in said and "Close the other program" in said
    held.close()
    clear(scr("exclude", f"{NAME}.pdf", "--reason", "No.", "--project", root), 0)


BROKEN: dict[str, tuple[Callable[[Path], object], tuple[str, ...], str]] = {
    "outputs is a file": (
        lambda r: (shutil.rmtree(r / "outputs"), (r / "outputs").write_text("x")),
        ("run",),
        "outputs: ",
    ),
    "inbox is a file": (lambda r: (shutil.rmtree(r / "inbox"), (r / "inbox").write_text("x")), ("run",), "inbox: "),
    "a folder is named like the draft": (lambda r: (r / "outputs/briefing.docx").mkdir(), ("brief",), "briefing.docx"),
    "a garbage database": (
        lambda r: (r / "scr_llm.sqlite").write_bytes(b"garbage" * 900),
        ("run",),
        "is not a database",
    ),
    "an empty database": (lambda r: (r / "scr_llm.sqlite").write_bytes(b""), ("status",), "is empty (0 bytes)"),
    "a database that is a folder": (
        lambda r: ((r / "scr_llm.sqlite").unlink(), (r / "scr_llm.sqlite").mkdir()),
        ("status",),
        "folder",
    ),
    "no folder for --out": (
        lambda _root: None,
        ("export", "--format", "json", "--out", "no/such/x.json"),
        "does not exist",
    ),
    "no folder for explain": (lambda _root: None, ("explain", "neglect", "--out", "no/such/x.html"), "does not exist"),
    "no folder for a pack": (lambda _root: None, ("pack", "foi", "--out", "no/such/x.docx"), "does not exist"),
    "no folder for a sheet": (
        lambda _root: None,
        ("sheet", "write", "no/such/x.xlsx", "--name", "A", "--role", "B"),
        "does not exist",
    ),
    "project.toml is a folder": (
        lambda r: ((r / "project.toml").unlink(), (r / "project.toml").mkdir()),
        ("run",),
        "project",
    ),
    "a codebook that is a folder": (
        lambda r: ((r / "codebook.yaml").unlink(), (r / "codebook.yaml").mkdir()),
        ("run",),
        "codebook.yaml",
    ),
    "a template that is not Word's": (lambda r: (r / "template.docx").write_bytes(b"x"), ("brief",), "template.docx"),
}


@pytest.mark.parametrize("name", [name for name in BROKEN if not (ON_POSTGRESQL and "database" in name)])
def test_what_is_broken_is_named(root: Path, name: str) -> None:
    do, command, told = BROKEN[name]
    do(root)
    said = clear(scr(*command, "--project", root, cwd=root), 2, 3)
    assert told in said, said


@pytest.mark.parametrize("lock_file", ["~$iefing.docx", "~$briefing.docx", ".~lock.briefing.docx#"])
def test_a_draft_that_is_open_is_left_and_the_next_lies_beside_it(root: Path, lock_file: str) -> None:
    clear(scr("brief", "--project", root), 0)
    before = (root / "outputs/briefing.docx").read_bytes()
    (root / "outputs" / lock_file).write_bytes(b"Alex")
    (root / "project.toml").write_text((root / "project.toml").read_text().replace("Briefing paper", "Paper"))
    said = clear(scr("brief", "--project", root), 0)
    assert "another program has it open" in said and (root / "outputs/briefing-v0.1.docx").is_file()
    assert (root / "outputs/briefing.docx").read_bytes() == before
    (root / "outputs" / lock_file).unlink()
    clear(scr("brief", "--project", root), 0)
    assert (root / "outputs/briefing.docx").read_bytes() != before, "once it is closed it is ours again"


def test_everything_in_the_inbox_is_named(root: Path) -> None:
    inbox, outside = root / "inbox", root.parent / "outside.pdf"
    shutil.copyfile(next(ROOT.glob("fixtures/batch-*/dunvarrow-young-person-r.pdf")), outside)
    os.mkfifo(inbox / "pipe.pdf")
    (inbox / "dangling.pdf").symlink_to(root / "nothing")
    (inbox / "link.pdf").symlink_to(outside)
    (inbox / "folderlink").symlink_to(root.parent)
    (inbox / "x.pdf").mkdir()
    (inbox / "more/deep").mkdir(parents=True)
    shutil.copyfile(next(ROOT.glob("fixtures/batch-*/vellingham-child-s.pdf")), inbox / "more/deep/review.pdf")
    with (inbox / "sparse.pdf").open("wb") as sparse:
        sparse.truncate(3_000_000_000)
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(inbox)
        listener.bind("s.pdf")
        os.chdir(ROOT)
        said = clear(scr("run", "--project", root), 1)
    for told in (
        "pipe.pdf: unreadable: it is a pipe",
        "dangling.pdf: unreadable: it is a link",
        "link.pdf: unreadable: it is a link",
        "folderlink: unreadable: it is a link",
        "x.pdf: unreadable: it is an empty folder",
        "sparse.pdf: unreadable: it has 3,000 MB",
        "s.pdf: unreadable: it is a socket",
        "more/deep/review.pdf: 8 of 8 pages read",
    ):
        assert told in said, said
    assert "outside.pdf" not in clear(scr("status", "--project", root), 0)


def run(root: Path) -> tuple[int, str]:
    done = scr("run", "--project", root)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_good_copy_ends_the_story_of_its_broken_ones(root: Path) -> None:
    good = next(ROOT.glob("fixtures/batch-*/dunvarrow-young-person-r.pdf")).read_bytes()
    for size in (1_000, 3_000, 6_000):
        (root / "inbox/slow.pdf").write_bytes(good[:size])
        assert run(root)[0] == 1
    (root / "inbox/slow.pdf").write_bytes(good)
    assert run(root)[0] == 0
    paper = (root / "outputs/briefing.md").read_text("utf-8")
    assert (
        "slow.pdf" not in paper.partition("How this paper was made")[2].partition("\n## ")[0] and "Both files" in paper
    )
    (root / "inbox/slow.pdf").write_bytes(good[:5_000])  # and a broken copy over the good one takes nothing away
    code, said = run(root)
    assert code == 1 and "2 kept from before" in said
    (root / "inbox/slow.pdf").write_bytes(good)
    assert run(root)[0] == 0


def test_a_renamed_file_is_the_same_review(root: Path) -> None:
    (root / "inbox" / f"{NAME}.pdf").rename(root / "inbox/renamed.pdf")
    code, said = run(root)
    assert code == 0 and "1 kept from before" in said
    assert "renamed.pdf: coded" in scr("status", "--project", root).stdout


def test_a_review_that_was_taken_for_something_else(root: Path) -> None:
    from reportlab.pdfgen import canvas

    drawn = canvas.Canvas(str(root / "inbox/notes.pdf"))
    drawn.drawString(
        72, 700, "Learning about a family. The health visitor did not share what she knew with the school."
    )
    drawn.save()
    assert run(root)[0] == 1
    assert "scr-llm include" in scr("status", "--project", root).stdout
    clear(scr("include", "notes.pdf", "--reason", "It is our review; its title page is missing", "--project", root), 0)
    assert run(root)[0] == 0
    paper = (root / "outputs/briefing.md").read_text("utf-8")
    assert (
        "to count notes.pdf, which the program had taken for something else" in paper
        and "its title page is missing”" in paper
    )
    clear(scr("exclude", "notes.pdf", "--reason", "A mistake", "--project", root), 0)
    assert run(root)[0] == 1 and "to leave out notes.pdf: “A mistake”" in (root / "outputs/briefing.md").read_text(
        "utf-8"
    )
    clear(scr("include", "notes.pdf", "--reason", "No mistake", "--project", root), 0)
    assert "notes.pdf: coded" in scr("status", "--project", root).stdout
    assert clear(scr("include", "nothing.pdf", "--reason", "x", "--project", root), 2)
    assert clear(scr("include", "notes.pdf", "--reason", " ", "--project", root), 2)


def coded_pdfs(root: Path) -> tuple[Path, Path]:
    """Two coded reviews of a project."""
    other = root / "inbox/dunvarrow-young-person-r.pdf"
    shutil.copyfile(next(ROOT.glob(f"fixtures/batch-*/{other.name}")), other)
    assert run(root)[0] == 0
    return root / "inbox" / f"{NAME}.pdf", other


def test_two_files_that_swap_their_names_are_the_same_two_reviews(root: Path) -> None:
    one, other = coded_pdfs(root)
    kept = root / "kept.pdf"
    one.rename(kept)
    other.rename(one)
    kept.rename(other)
    code, said = run(root)
    assert code == 0 and "2 kept from before" in said
    status = scr("status", "--project", root).stdout
    assert f"{one.name}: coded, 3 pages" in status and f"{other.name}: coded, 2 pages" in status


def test_a_counted_review_whose_file_is_gone_is_said_and_can_be_left_out(root: Path) -> None:
    one, other = coded_pdfs(root)
    one.replace(other)  # over the other one
    code, said = run(root)
    assert code == 1 and f"no longer in the inbox as it was read: {other.name}" in said
    document = next(
        word
        for line in said.splitlines()
        if "no longer in the inbox" in line
        for word in line.split()
        if word.startswith("d") and len(word) == 13
    )
    assert "names 2 documents" in clear(scr("exclude", other.name, "--reason", "Lost.", "--project", root), 2)
    clear(scr("exclude", document, "--reason", "Lost.", "--project", root), 0)
    code, said = run(root)
    assert code == 0 and "1 kept from before" in said


def test_what_was_never_counted_and_is_taken_out_is_not_asked_for_again(root: Path) -> None:
    shutil.copyfile(root / "inbox" / f"{NAME}.pdf", root / "inbox/copy.pdf")
    (root / "inbox/broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert run(root)[0] == 1
    (root / "inbox/copy.pdf").unlink()
    (root / "inbox/broken.pdf").unlink()
    code, said = run(root)
    assert code == 0 and "Not coded" not in said
    assert "broken.pdf" not in (root / "outputs/briefing.md").read_text("utf-8")


def test_an_exclusion_undone_is_as_before_and_the_same_bytes_count_once(root: Path) -> None:
    shutil.copyfile(root / "inbox" / f"{NAME}.pdf", root / "inbox/copy.pdf")
    assert run(root)[0] == 1
    assert "byte for byte" in clear(scr("include", "copy.pdf", "--reason", "Two.", "--project", root), 2)
    clear(scr("exclude", "copy.pdf", "--reason", "A copy.", "--project", root), 0)
    clear(scr("include", "copy.pdf", "--reason", "Sorry.", "--project", root), 0)
    assert "copy.pdf: duplicate" in scr("status", "--project", root).stdout
    run(root)
    assert "copy.pdf: duplicate" in scr("status", "--project", root).stdout


def test_names_that_cannot_be_printed_are_told_apart_and_never_printed(root: Path) -> None:
    inbox = os.fsencode(root / "inbox")
    for name in (
        b"bad\xff.pdf",
        b"bad\xfe.pdf",
        b"x\nsecret.pdf: coded, 9 pages.pdf",
        b"\x1b]0;own\x07.pdf",
        "\u202efdp.exe.pdf".encode(),
    ):
        with open(inbox + b"/" + name, "wb") as file:
            file.write(b"%PDF-1.4")
    code, said = run(root)
    assert code == 1 and said.count("characters that cannot be printed. Rename it.") == 5
    status = scr("status", "--project", root).stdout
    assert (
        "\nsecret.pdf" not in status and "\x1b" not in status and "\u202e" not in status and "\\x1b" not in repr(said)
    )


@pytest.mark.parametrize("name", ["A\x07B", "A" * 300, "", "A\u202eB"])
def test_what_people_type_is_checked_before_it_is_kept(root: Path, name: str) -> None:
    clear(scr("sign-off", "--name", name, "--role", "R", "--project", root), 2)
    clear(scr("exclude", f"{NAME}.pdf", "--reason", name or " ", "--project", root), 0 if len(name) == 300 else 2)
    clear(scr("review", "--name", name, "--role", "R", "--no-browser", "--port", "0", "--project", root), 2)


def test_review_asks_nobody_where_there_is_no_terminal(root: Path) -> None:
    clear(scr("review", "--no-browser", "--port", "0", "--project", root), 2)
    clear(scr("brief", "--format", ",", "--project", root), 2)
    clear(scr("brief", "--signed", "0", "--project", root), 2)
