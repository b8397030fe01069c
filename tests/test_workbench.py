"""The workbench over real sockets: opening, adding, what it shows, choosing a model, downloading."""

import html
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from served import ALEX, ROOT, Served, coded_project, open_command, workbench
from served_team import allow, team_server

from scr_llm import Workspace
from scr_llm.errors import UsageError
from scr_llm.models.chosen import choose_model
from scr_llm.project import load_project
from scr_llm.store import Store

PDF = ROOT / "fixtures/batch-1/corriford-child-1.pdf"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bench") / "p"
    Workspace.create(root)
    settings = root / "project.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("largest_megabytes = 500", "largest_megabytes = 1"), "utf-8"
    )
    return root


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Served]:
    with workbench(root, *ALEX) as page:
        yield page


@pytest.fixture(scope="module")
def browser(served: Served) -> Iterator[httpx.Client]:
    with closing(served.browser()) as client:
        yield client


def token(browser: httpx.Client) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/who").text)
    assert found
    return html.unescape(found[1])


def send(browser: httpx.Client, name: str, content: bytes | Iterator[bytes]) -> tuple[int, str, str]:
    """Add a file as the page's script does. Status, the name it got, and what is said."""
    answer = browser.post("/add", params={"name": name}, content=content, headers={"x-form-token": token(browser)})
    said = answer.json()
    return answer.status_code, said["file"], said["said"]


def inbox(root: Path) -> list[str]:
    return sorted(p.name for p in (root / "inbox").iterdir())


def parts(root: Path) -> list[Path]:
    return list((root / "outputs").glob(".*.part"))


# opening


@pytest.mark.slow
def test_an_empty_folder_becomes_a_project_and_its_first_page_takes_files(tmp_path: Path) -> None:
    with workbench(tmp_path / "new") as page, closing(page.browser()) as browser:
        first = browser.get("/").text
        assert '<input type="file"' in first and "Add the reviews" in first and "Who are you?" in first
        assert str(tmp_path / "new" / "inbox") in first
        assert browser.get("/matrix").url.path.endswith("/who"), "a page that decides needs to know who"
        given = {"csrf": token(browser), "name": "Alex Reader", "role": "Analyst"}
        assert "Alex Reader, Analyst" in browser.post("/who", data=given).text
        assert browser.get("/matrix").url.path.endswith("/matrix")
        assert browser.post("/who", data={**given, "name": " "}).status_code == 400


def test_a_folder_with_other_files_is_made_a_project_only_when_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    done = subprocess.run(open_command(tmp_path), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and "holds other files and no project" in done.stderr and "--new" in done.stderr
    assert not (tmp_path / "project.toml").exists()
    with workbench(tmp_path, "--new"):
        assert (tmp_path / "project.toml").exists() and (tmp_path / "letter.txt").exists()


def test_a_name_needs_a_role(tmp_path: Path) -> None:
    done = subprocess.run(open_command(tmp_path, "--name", "A"), capture_output=True, text=True)
    assert done.returncode == 2 and "Give both" in done.stderr and not list(tmp_path.iterdir())


def test_without_a_command_a_project_is_opened_and_elsewhere_help_is_printed(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scr_llm"]
    elsewhere = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert elsewhere.returncode == 2 and "Usage:" in elsewhere.stdout
    opened = subprocess.Popen(
        command, cwd=root, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, env={**_no_browser()}
    )
    try:
        assert opened.stderr
        said = opened.stderr.readline()
        assert said.startswith("Workbench: http://127.0.0.1:8765/") or "port 8765 cannot be used" in said
    finally:
        opened.terminate()
        opened.wait()
        opened.stderr.close()


def _no_browser() -> dict[str, str]:
    import os

    return {**os.environ, "BROWSER": "true"}


@pytest.mark.slow
def test_review_is_the_same_page_opened_at_the_matrix(root: Path) -> None:
    from served import review_page

    with review_page(root, *ALEX) as page, closing(httpx.Client(follow_redirects=True)) as browser:
        assert browser.get(page.address).url.path == f"{page.prefix}/matrix"
        assert '<input type="file"' in browser.get(f"{page.base}/").text


# adding


def test_a_file_comes_in_whole_under_a_safe_name(tmp_path: Path) -> None:
    content = PDF.read_bytes()
    with workbench(tmp_path / "p", *ALEX) as page, closing(page.browser()) as browser:
        assert send(browser, r"..\..\Child 1.pdf", content) == (200, "Child 1.pdf", "Added.")
        assert (tmp_path / "p/inbox/Child 1.pdf").read_bytes() == content and not parts(tmp_path / "p")
        assert send(browser, "Child 1.pdf", content) == (200, "Child 1.pdf", "It is in the inbox already.")
        first = browser.get("/").text
        assert "Read and code 1 file<" in first and "Added Child 1.pdf" in first


@pytest.mark.parametrize(
    "name,content,status,words",
    [
        ("Child 1.pdf", b"%PDF-1.7 another", 400, "A different file named Child 1.pdf is in the inbox already."),
        ("minutes.docx", b"PK\x03\x04", 400, "minutes.docx is not a PDF."),
        ("empty.pdf", b"", 400, "empty.pdf is empty."),
        ("large.pdf", b"%PDF-" + b"x" * 1_000_001, 413, "It is larger than 1 MB."),
    ],
)
def test_what_cannot_be_added_is_said(
    browser: httpx.Client, root: Path, name: str, content: bytes, status: int, words: str
) -> None:
    send(browser, "Child 1.pdf", PDF.read_bytes())
    before = inbox(root)
    answer = send(browser, name, content)
    assert answer[0] == status and words in answer[2], answer
    assert inbox(root) == before and not parts(root)


def test_a_file_whose_size_is_not_said_is_stopped_at_the_limit(browser: httpx.Client, root: Path) -> None:
    before = inbox(root)
    status, _, said = send(browser, "endless.pdf", iter([b"%PDF-" + b"x" * 100_000] * 40))
    assert status == 413 and "larger than 1 MB" in said
    assert inbox(root) == before and not parts(root)


def test_a_file_that_is_cut_off_leaves_nothing(browser: httpx.Client, served: Served, root: Path) -> None:
    before = inbox(root)
    cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
    with served.connect() as raw:
        raw.sendall(
            f"POST {served.prefix}/add?name=half.pdf HTTP/1.1\r\nHost: {served.host}\r\nOrigin: {served.origin}\r\n"
            f"Cookie: {cookie}\r\nX-Form-Token: {token(browser)}\r\nContent-Length: 900000\r\n\r\n%PDF-1.7".encode()
        )
        _until(lambda: bool(parts(root)))
    _until(lambda: not parts(root))
    assert inbox(root) == before


@pytest.mark.slow
def test_a_file_that_is_copied_into_the_folder_appears_by_itself(browser: httpx.Client, root: Path) -> None:
    shutil.copyfile(ROOT / "fixtures/batch-1/dunvarrow-young-person-r.pdf", root / "inbox/by hand.pdf")
    _until(lambda: "by hand.pdf" in browser.get("/files").text)


def _until(happens: object, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not happens():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


# what is shown and decided about files


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("coded") / "p", ("corriford-child-1", "dunvarrow-young-person-r"))
    Workspace.open(root).brief(["docx", "html"])
    return root


@pytest.fixture(scope="module")
def on_coded(coded: Path) -> Iterator[httpx.Client]:
    with workbench(coded, *ALEX) as page, closing(page.browser()) as client:
        yield client


def test_a_file_is_left_out_and_counted_again_with_a_reason(on_coded: httpx.Client, coded: Path) -> None:
    with Store(load_project(coded).database) as store:
        document = next(d for d in store.documents() if d.file.startswith("dunvarrow"))
    given = {"csrf": token(on_coded), "reason": "It is a draft.", "back": "files"}
    assert "Left out by a person: “It is a draft.”" in on_coded.post(f"/file/{document.id}/exclude", data=given).text
    with Store(load_project(coded).database) as store:
        ruled = store.document(document.id)
        assert ruled and ruled.ruling and ruled.ruling.name == "Alex Reader"
    assert "Count it all the same" in on_coded.get("/").text
    assert on_coded.post(f"/file/{document.id}/include", data={**given, "reason": ""}).status_code == 400
    assert on_coded.post(f"/file/{document.id}/erase", data=given).status_code == 404
    on_coded.post(f"/file/{document.id}/include", data={**given, "reason": "It is final."})
    assert "2 reviews coded" in on_coded.get("/").text


def test_the_next_thing_is_to_decide_and_the_papers_are_there(on_coded: httpx.Client, coded: Path) -> None:
    first = on_coded.get("/").text
    assert "Decide what counts" in first and 'href="' in first and "briefing.docx" in first
    got = on_coded.get("/paper/briefing.docx")
    assert got.content == (coded / "outputs/briefing.docx").read_bytes()
    assert "attachment" in got.headers["content-disposition"]
    assert "outputs" not in on_coded.get("/papers").text and "cases/" in on_coded.get("/papers").text


@pytest.mark.parametrize(
    "path",
    ["project.toml", "../project.toml", "..%2fproject.toml", "%2e%2e/scr_llm.sqlite", "/etc/passwd", "cases", "", "x"],
)
def test_nothing_but_papers_is_downloaded(on_coded: httpx.Client, path: str) -> None:
    assert on_coded.get(f"/paper/{path}").status_code == 404


def test_a_link_in_outputs_is_not_followed(on_coded: httpx.Client, coded: Path) -> None:
    (coded / "outputs/secret.md").symlink_to(coded / "project.toml")
    assert on_coded.get("/paper/secret.md").status_code == 404


@pytest.mark.slow
def test_a_blind_reviewer_sees_and_starts_none_of_it(coded: Path) -> None:
    allow(coded)
    with team_server(coded) as served, served.person("sam", "p") as browser:
        assert browser.get("").url.path.endswith("/matrix")
        found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/next").text)
        assert found
        for path in ("/files", "/papers", "/paper/briefing.docx", "/log", "/model", "/preview"):
            assert browser.get(path).status_code == 403, path
        assert browser.get("/run/events").status_code == 403
        for path in ("/run", "/run/stop", "/run/answer", "/model", "/file/x/include"):
            assert browser.post(path, data={"csrf": found[1]}).status_code == 403, path
        added = browser.post("/add?name=a.pdf", content=b"%PDF-", headers={"x-form-token": found[1]})
        assert added.status_code == 403 and "blind" in added.text


@pytest.mark.slow
def test_a_blind_reviewer_does_not_become_another(coded: Path) -> None:
    from served import SAM, review_page

    with review_page(coded, *SAM) as page, closing(page.browser()) as browser:
        found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/next").text)
        assert found
        given = {"csrf": html.unescape(found[1]), "name": "Sam Second", "role": "Analyst"}
        assert browser.post("/who", data=given).status_code in (400, 403)
        assert "blind second reviewer" in browser.get("/matrix").text


# choosing a model


def test_a_model_is_written_into_the_settings_and_the_rest_stays(tmp_path: Path) -> None:
    project = Workspace.create(tmp_path / "p").project
    path = project.root / "project.toml"
    before = path.read_text("utf-8")
    remote = {
        "base_url": "https://models.example.org/v1",
        "model": 'a "big" one',
        "region": "UK",
        "approved_by": "A. Governance\\",
    }
    project = choose_model(project, remote)
    llm = project.settings.llm
    assert (llm.base_url, llm.model, llm.region, llm.approved_by) == tuple(remote.values())
    assert path.read_text("utf-8").startswith(before), "comments and other settings stay"
    path.write_text(path.read_text("utf-8") + 'strategy = "themes" # ours\n[llm.prices."m"]\ninput = 1\noutput = 2\n')
    llm = choose_model(project, {"file": "model.gguf"}).settings.llm
    assert (llm.file, llm.base_url, llm.approved_by, llm.strategy) == ("model.gguf", "", "", "themes")
    assert llm.prices["m"].output == 2 and "# ours" in path.read_text("utf-8")
    assert not choose_model(project, {}).settings.llm.is_set


def test_settings_that_are_wrong_or_written_otherwise_are_left_alone(tmp_path: Path) -> None:
    project = Workspace.create(tmp_path / "p").project
    path = project.root / "project.toml"
    before = path.read_text("utf-8")
    with pytest.raises(UsageError, match="the address: it is not an address"):
        choose_model(project, {"base_url": "models", "model": "m"})
    assert path.read_text("utf-8") == before
    path.write_text('llm = {base_url = "http://127.0.0.1:1/v1", model = "m"}\n' + before, "utf-8")
    with pytest.raises(UsageError, match="in a way that the page cannot change"):
        choose_model(load_project(project.root), {"file": "x.gguf"})
    assert path.read_text("utf-8").endswith(before)


@pytest.mark.slow
def test_a_model_on_another_computer_needs_a_region_and_who_approved_it(tmp_path: Path) -> None:
    with workbench(tmp_path / "p", *ALEX) as page, closing(page.browser()) as browser:
        given = {"csrf": token(browser), "kind": "address", "base_url": "https://models.example.org/v1", "model": "m"}
        refused = browser.post("/model", data=given)
        assert refused.status_code == 400 and "in which region it is" in refused.text
        assert "example.org" not in (tmp_path / "p/project.toml").read_text("utf-8").replace("a.name@example.org", "")
        chosen = browser.post("/model", data={**given, "region": "UK", "approved_by": "A. Governance"})
        assert "in UK, approved by A. Governance" in html.unescape(chosen.text)
        first = browser.get("/log").text
        assert "approved by A. Governance" in first and "Alex Reader" in first
        assert browser.post("/model", data={**given, "kind": "else"}).status_code == 400
        gone = browser.post("/model", data={"csrf": token(browser), "kind": "none"})
        assert gone.status_code == 200 and not load_project(tmp_path / "p").settings.llm.is_set


@pytest.mark.slow
def test_there_is_no_news_before_anybody_gave_a_name(tmp_path: Path) -> None:
    with workbench(tmp_path / "p") as served, closing(served.browser()) as browser:
        answer = browser.get("/news?since=0")
        assert (answer.status_code, answer.text) == (204, ""), "a page would be shown as if it were news"


@pytest.mark.slow
def test_model_files_that_were_found_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "Downloads/found.gguf").write_bytes(b"GGUF" + bytes(1_500_000))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with workbench(tmp_path / "p") as served, closing(served.browser()) as browser:
        text = browser.get("/model").text
        assert (
            "None is set up." in text
            and "found.gguf" in text
            and "1.5 MB" in text
            and 'aria-label="Use found.gguf"' in text
        )
        csrf = re.search(r'name="csrf" value="([^"]+)"', text)
        assert csrf
        sent = {"csrf": csrf[1], "kind": "file", "file": str(tmp_path / "Downloads/found.gguf")}
        text = browser.post("/model", data=sent).text
        assert "In use" in text and "It was not tried yet." in text
        assert f"Chose the model file {tmp_path / 'Downloads/found.gguf'}" in browser.get("/log").text
