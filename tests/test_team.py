"""A shared server: who may do what, whichever worker answers, and what its log and its figures tell."""

import html
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import psutil
import pytest
from served import add, coded_project
from served_team import PEOPLE, TeamServer, allow, record_of, team_server
from starlette.responses import Response
from starlette.routing import compile_path

from scr_llm.errors import UsageError
from scr_llm.project import init_project, load_project
from scr_llm.web.app import _NOT_YOURS, _route
from scr_llm.web.rights import ROLES, Right
from scr_llm.web.routes.registry import LIVE_ROOMS, RIGHTS, ROOMS, STATIC, right_of
from scr_llm.web.team.people import People, folded, login
from scr_llm.web.team.settings import read_settings, secret_in, settings_for
from scr_llm.web.team.workers import HANGS_SECONDS

LOGINS = {"analyst": "ann", "reviewer": "rex", "signer": "sia", "reader": "lou"}
ROUTES = [(method, path) for routes in RIGHTS.values() for method, path in (route.split(" ") for route in routes)]


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two projects; in the second nobody may do anything but Rex."""
    folder = tmp_path_factory.mktemp("team")
    north = allow(coded_project(folder / "north"))
    south = allow(coded_project(folder / "south"), '[people.rex]\nroles = ["reader"]\n')
    return north, south


@pytest.fixture(scope="module")
def served(roots: tuple[Path, Path]) -> Iterator[TeamServer]:
    with team_server(*roots) as running:
        yield running


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"|data-token="([^"]+)"', page)
    assert found
    return found[1] or found[2]


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return {n: html.unescape(v) for n, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}


def csrf_of(served: TeamServer, who: str) -> str:
    """Anybody's form token, which a page need not offer: the most that an attacker could have."""
    from scr_llm.web.team.door import Proxied

    return Proxied({}, "x-remote-user", served.secret)._csrf("north", who)


# rights


def test_every_route_needs_one_right() -> None:
    listed = [f"{method} {path}" for method, path in ROUTES]
    assert len(listed) == len(set(listed)), "a route is under two rights"
    rooms = [route for room in ROOMS for route in room.ROUTES] + [route for room in LIVE_ROOMS for route in room.LIVE]
    there = {f"{(each[2:] or ('GET',))[0]} {each[0]}" for each in rooms} | {f"GET {STATIC}"}
    assert there == set(listed), "every route is under a right, and no right names a route that is not there"


def _handler(*_given: object) -> Response:
    return Response()


def test_a_new_route_without_a_right_is_refused() -> None:
    with pytest.raises(LookupError, match="POST /new is under no right"):
        _route(None, "/new", _handler, "POST")  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        right_of("POST", "/matrix")


@pytest.mark.parametrize("role", list(LOGINS))
def test_every_route_as_every_role(served: TeamServer, role: str) -> None:
    who = LOGINS[role]
    given = {"document": "x", "key": "x", "act": "include", "number": "1", "paper": "x", "name": "x", "theme": "x"}
    given |= {"code": "x"}
    csrf = csrf_of(served, who)
    with served.person(who, "north") as browser:
        browser.follow_redirects = False
        for method, path in ROUTES:
            at = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: given[found[1]], path)
            data = {"csrf": csrf} if method == "POST" else None
            headers = {"x-form-token": csrf}
            with browser.stream(method, at, data=data, headers=headers) as answer:
                refused = answer.status_code == 403 and next(answer.iter_text()) == _NOT_YOURS
            assert refused == (right_of(method, path) not in ROLES[role]), f"{role}: {method} {path}"  # type: ignore[index]


class _Offers(HTMLParser):
    """What a page offers: links, forms that change something, and places for files."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[str] = []
        self.files: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "form" and found.get("method") == "post":
            self.forms.append(found["action"])
        if found.get("type") == "file":
            self.files.append(found["id"])


def _right(method: str, path: str) -> Right:
    for right, routes in RIGHTS.items():
        for route in routes:
            if route.split(" ")[0] == method and compile_path(route.split(" ")[1])[0].match(path):
                return right
    raise AssertionError(f"{method} {path} leads nowhere")


@pytest.mark.slow
@pytest.mark.parametrize("role", list(LOGINS))
def test_nothing_is_offered_that_one_may_not_do(served: TeamServer, role: str) -> None:
    may, base = ROLES[role], "/p/north"  # type: ignore[index]
    seen, waiting, offered = set[str](), ["/"], set[str]()
    with served.person(LOGINS[role], "north") as browser:
        while waiting and len(seen) < 150:
            path = waiting.pop(0)
            answer = browser.get(path)
            assert answer.status_code in (200, 204), f"{role} is led to {path}: {answer.status_code}"
            if "text/html" not in answer.headers["content-type"]:
                continue
            offers = _Offers(answer.text)
            for link in offers.links:
                at = urlsplit(urljoin(f"{base}{path}", link)).path.removeprefix(base)
                kind = re.sub(r"[0-9a-f]{16}|\d+|[a-z]+:\w+", "*", at)  # one cell stands for all
                assert _right("GET", at) in may, f"{role} is offered {at} on {path}"
                if kind not in seen and not at.startswith("/paper/"):
                    seen.add(kind)
                    waiting.append(at)
            for form in offers.forms:
                offered.add(form.removeprefix(base))
                assert _right("POST", form.removeprefix(base)) in may, f"{role} is offered {form} on {path}"
            for name, right in (("files", Right.ADD), ("edited", Right.DRAFT)):
                assert name not in offers.files or right in may, f"{role} may give files on {path}"
    wanted = {"analyst": "/codebook/preview", "reviewer": "/undo", "signer": "/sign-off/draft"}.get(role)
    assert wanted in offered if wanted else not offered


# whoever asks


def test_the_first_page_lists_the_projects_of_a_person(served: TeamServer) -> None:
    with served.person("REX") as browser:
        page = browser.get("/").text
        assert "/p/north/" in page and "/p/south/" in page and "reader" in page and "reviewer" in page
    with served.person("lou") as browser:
        assert "/p/south/" not in browser.get("/").text
    with served.person("nobody") as browser:
        assert browser.get("/").status_code == 403 and "no project" in browser.get("/").text


def test_names_are_told_apart_by_nothing_but_capitals() -> None:
    assert folded("Ann") == folded("ANN") == "ann"
    assert folded("Zo\u0065\u0308") == folded("ZOË")
    assert folded("weiß") != folded("weiss") and folded("ſam") != folded("sam"), "another account is another person"
    assert login(["ann "]) == "ann"
    for given in ([], [""], ["  "], ["ann", "rex"], ["x" * 201], ["a\tb"], ["a\x85b"]):
        assert login(given) == ""
    assert login(["Zo\xc3\xab"]) == "zoë", "the server decodes headers as Latin-1"


def test_what_people_toml_says_holds_from_the_next_request(tmp_path: Path) -> None:
    project = load_project(allow(init_project(tmp_path / "p").root))
    people = People(project)
    seat = people.seat("ann", "", "")
    assert seat and seat.reviewer and (seat.reviewer.name, seat.reviewer.role) == ("Ann Alyst", "Analyst")
    assert people.seat("Ann", "", "") is None, "names are folded before they are looked up"
    blind = people.seat("sam", "", "")
    assert blind and blind.reviewer and blind.reviewer.blind and blind.may == {Right.LOOK, Right.DECIDE}
    allow(project.root, PEOPLE.replace("[people.ann]", "[people.anna]"))
    assert people.seat("ann", "", "") is None and people.seat("anna", "", "")
    allow(project.root, PEOPLE + "[people.")
    assert people.seat("anna", "", "") is None, "where it cannot be read, nobody may do anything"


@pytest.mark.parametrize(
    "text,said",
    [
        ("", "people: field required"),
        ('[people.ann]\nroles = ["owner"]\n', "roles"),
        ("[people.ann]\nroles = []\n", "roles"),
        ('[people.ann]\nroles = ["reader"]\nrole = "x"\n', "extra inputs"),
        ('[people.ann]\nroles = ["reader"]\n[people.ANN]\nroles = ["signer"]\n', "twice"),
        ('[people.a]\nname="Ann A"\nroles = ["reader"]\n[people.b]\nname="ann a"\nroles = ["signer"]\n', "twice"),
        ('[people."  "]\nroles = ["reader"]\n', "is no name"),
        ("people = 3", "people"),
    ],
)
def test_a_people_toml_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    project = init_project(tmp_path / "p")
    with pytest.raises(UsageError, match="not there"):
        People(project)
    with pytest.raises(UsageError, match=said):
        People(load_project(allow(project.root, text)))


def test_settings_of_a_server(tmp_path: Path) -> None:
    file = tmp_path / "serve.toml"
    file.write_text('hosts = ["reviews.example.org"]\n[projects]\nnorth = "n"\n', "utf-8")
    found = read_settings(file, workers=3)
    assert found.projects == {"north": str(tmp_path / "n")} and found.workers == 3
    assert found.secret_file == str(tmp_path / "proxy.secret")
    assert settings_for([tmp_path / "North Area!"]).projects == {"north-area": str(tmp_path / "North Area!")}
    with pytest.raises(UsageError, match="same name"):
        settings_for([tmp_path / "a/p", tmp_path / "b/p"])
    for wrong in ('[projects]\n"../x" = "n"\n', "[projects]\n", 'bind = "8765"\n[projects]\na = "a"\n', "spam = 1"):
        file.write_text(wrong, "utf-8")
        with pytest.raises(UsageError, match=r"serve\.toml"):
            read_settings(file)
    for wrong in ({"user_header": "X-Proxy-Secret"}, {"user_header": "a b"}, {"bind": "x:99999"}, {"workers": 0}):
        with pytest.raises(UsageError):
            settings_for([tmp_path], **wrong)


def test_the_secret(tmp_path: Path) -> None:
    file = tmp_path / "proxy.secret"
    secret, made = secret_in(file)
    assert made and len(secret) >= 32 and file.stat().st_mode & 0o777 == 0o600
    assert secret_in(file) == (secret, False)
    file.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        secret_in(file)
    file.chmod(0o600)
    file.write_text("short\n")
    with pytest.raises(UsageError, match="at least 32"):
        secret_in(file)


# whichever worker answers


def test_forms_work_whichever_worker_answers(served: TeamServer) -> None:
    with served.person("ann", "north") as browser:
        csrf, workers = token(browser.get("").text), set[int]()
    assert csrf == csrf_of(served, "ann") != csrf_of(served, "rex")
    for _ in range(60):
        before = len(served.lines)
        with served.person("ann", "north") as browser:  # a connection of its own, which either worker may take
            assert browser.post("/undo", data={"csrf": csrf}).status_code == 200
        workers |= {json.loads(line)["worker"] for line in served.lines[before:]}
        if workers == {0, 1}:
            break
    assert workers == {0, 1}


def test_a_list_is_confirmed_whichever_worker_showed_its_pages(served: TeamServer, roots: tuple[Path, Path]) -> None:
    with record_of(roots[0]) as store:
        document = store.documents()[0].id
    path, page = f"/list/{document}", ""

    def fresh(path: str, data: dict[str, str] | None = None) -> httpx.Response:
        with served.person("rex", "north") as browser:
            return browser.post(path, data=data) if data else browser.get(path)

    page = fresh(path).text
    for _ in range(40):
        if 'value="confirm"' in page:
            break
        found = re.search(r'href="(\?page=\d+)">On to page', page)
        assert found
        page = fresh(path + found[1]).text
    for _ in range(6):  # each worker knows what the other has shown
        page = fresh(path).text
        assert 'value="confirm"' in page
    assert fresh(path, fields(page) | {"do": "confirm"}).status_code == 200
    for _ in range(6):
        assert "Everything in this list is decided" in fresh(path).text, "what one worker stores the other shows"
    assert fresh("/undo", {"csrf": fields(page)["csrf"]}).status_code == 200


def test_news_is_told_by_either_worker(served: TeamServer) -> None:
    with served.person("ann", "north") as browser:
        page = browser.get("/matrix").text
        found = re.search(r'data-from="/p/north(/news\?since=[^"]+)"', page)
        assert found
    with served.person("rex", "north") as browser:
        cell = browser.get("/next")
        data = fields(cell.text) | {"value": "unclear", "reason": "To be talked about."}
        assert browser.post(str(cell.url), data=data).status_code == 200
    for _ in range(8):
        with served.person("ann", "north") as browser:
            assert browser.get(found[1]).text == "1 cell was decided by others since you opened this page."
    with served.person("rex", "north") as browser:
        browser.post("/undo", data={"csrf": fields(cell.text)["csrf"]})


@pytest.mark.slow
def test_a_run_outlives_the_workers(tmp_path: Path) -> None:
    root = allow(coded_project(tmp_path / "area", ("corriford-child-1",)))
    for number in range(4):
        add(load_project(root), "dunvarrow-young-person-r", f"more-{number}.pdf")
        with (root / f"inbox/more-{number}.pdf").open("ab") as file:
            file.write(f"\n% {number}\n".encode())
    with team_server(root) as served:
        workers = [p for p in psutil.Process(served.pid).children() if "resource_tracker" not in " ".join(p.cmdline())]
        assert len(workers) == 2
        with served.person("ann", "area") as browser:
            time.sleep(2)  # a file that was just written may still be being copied
            csrf = token(browser.get("").text)
            assert "Reading and coding" in browser.post("/run", data={"csrf": csrf, "coder": "rules"}).text
        for worker in workers:
            worker.kill()
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                with served.person("ann", "area") as browser:
                    page = browser.get("")
            except httpx.HTTPError:  # the workers that take their place have not begun yet
                time.sleep(0.2)
                continue
            if "Reading and coding" not in page.text:
                break
            time.sleep(0.5)
        assert sum("worker ended" in line for line in served.lines) == 2
    with record_of(root) as store:
        # the copies are the same review again, and are put aside as that: all were looked at
        assert all(d.status != "pending" for d in store.documents()) and len(store.documents()) == 5
        assert any(entry.act == "ran" for entry in store.log())


@pytest.mark.slow
def test_a_worker_that_hangs_is_replaced(tmp_path: Path) -> None:
    root = allow(init_project(tmp_path / "area").root)
    with team_server(root) as served:
        first, *_ = (
            p for p in psutil.Process(served.pid).children() if "resource_tracker" not in " ".join(p.cmdline())
        )
        first.suspend()
        deadline = time.monotonic() + HANGS_SECONDS + 30
        while time.monotonic() < deadline and not any("worker hangs" in line for line in served.lines):
            time.sleep(0.5)
        assert sum("worker hangs" in line for line in served.lines) == 1 and not first.is_running()
        with served.person("ann", "area") as browser:
            assert browser.get("").status_code == 200


@pytest.mark.slow
def test_a_server_whose_database_cannot_be_used_says_so_and_ends(tmp_path: Path) -> None:
    root = allow(init_project(tmp_path / "area").root)
    settings = root / "project.toml"
    nobody = "postgresql+psycopg://team@127.0.0.1:9/team"
    without = re.sub(r"(?m)^\[store\]\n(?:.+\n)*", "", settings.read_text("utf-8"))
    settings.write_text(f'{without}\n[store]\nurl = "{nobody}"\n', "utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "SCR_LLM_STORE_URL"}
    command = [sys.executable, "-m", "scr_llm", "serve", str(root), "--bind", "127.0.0.1:0", "--workers", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, cwd=tmp_path)
    assert done.returncode == 3 and "PostgreSQL at 127.0.0.1:9" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    root = allow(init_project(tmp_path / "area").root)
    with team_server(root) as served:
        supervisor = psutil.Process(served.pid)
        family = supervisor.children(recursive=True)
        supervisor.kill()
        _, alive = psutil.wait_procs(family, timeout=20)
        assert not alive


# what a machine is told


def test_health_and_figures(served: TeamServer, roots: tuple[Path, Path]) -> None:
    assert httpx.get(f"{served.address}/healthz").text == "ok\n"
    with served.person("lou", "north") as browser:
        browser.get("/matrix")
    matrix, deadline = 'route="/p/{project}/matrix",method="GET",status="200"', time.monotonic() + 5
    while matrix not in (text := httpx.get(f"{served.address}/metrics").text) and time.monotonic() < deadline:
        time.sleep(0.05)  # a request is counted after it was answered
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.e+-]+', line), line
    assert matrix in text
    buckets = [int(n) for n in re.findall(r"_bucket\{.*\} (\d+)", text)]
    assert buckets == sorted(buckets) and buckets[-1] == int(re.findall(r"seconds_count (\d+)", text)[0])
    with record_of(roots[0]) as store:
        stored = store.head()[0]
    assert f"scr_llm_decisions_stored {stored}" in text
    for name in ("north", "south", "ann", "Ann", ".pdf"):
        assert name not in text


def test_the_log_has_no_word_of_a_case(served: TeamServer) -> None:
    words, before = "Xylophone Quetzal", len(served.lines)
    with served.person("rex", "north") as browser:
        cell = browser.get(f"/next?document={words}&key=sesame")
        data = fields(cell.text) | {"value": "present", "reason": words, "quote": words}
        assert "Not saved" in browser.post(str(cell.url), data=data).text, "also where it is refused"
        data |= {"value": "unclear", "quote": ""}
        assert browser.post(str(cell.url), data=data).status_code == 200
        browser.get(f"/explain?theme={words}")
        browser.get(f"/{words}")
        browser.request("QUETZAL", f"/{words}")
        browser.post("/undo", data={"csrf": data["csrf"]})
    deadline = time.monotonic() + 5
    while len(served.lines) < before + 6 and time.monotonic() < deadline:
        time.sleep(0.05)
    written = "".join(served.lines + served.said).lower()
    for secret in ("xylophone", "quetzal", "sesame", "rex", "north", "corriford", served.secret, data["csrf"]):
        assert secret.lower() not in written, secret
    for line in map(json.loads, served.lines):
        assert set(line) == {"time", "route", "method", "status", "ms", "worker"}
    routes = {json.loads(line)["route"] for line in served.lines[before:]}
    assert "/p/{project}/cell/{document}/{key}" in routes and "-" in routes
