"""The commands around a model, run as a person runs them, against a server on this machine."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scr_llm.llm.fake import MODEL, Answer, FakeServer, answers, refuses
from scr_llm.project import load_project
from scr_llm.store import Store

if TYPE_CHECKING:
    from scr_llm.llm.replay import Recording

ROOT = Path(__file__).parent.parent
FEW = """
codes:
  - {id: alcohol_misuse, label: Alcohol misuse, definition: A parent drank., core: true, polarity: feature,
     wordings: [alcohol, intoxicated, drinking], question: q}
  - {id: record_keeping, label: Record keeping, definition: Records were poor., core: true, polarity: shortcoming,
     wordings: [not recorded], question: q}
"""


def scr(folder: Path, *arguments: str, expect: int = 0, asked: str = "") -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-m", "scr_llm", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        input=asked,
        timeout=120,
    )
    assert done.returncode == expect, (done.stdout, done.stderr)
    return done


def project(
    folder: Path,
    base_url: str,
    extra: str = "",
    names: tuple[str, ...] = ("corriford-child-1", "dunvarrow-young-person-r"),
) -> Path:
    scr(folder, "init", "p")
    root = folder / "p"
    for name in names:
        shutil.copy(ROOT / f"fixtures/batch-1/{name}.pdf", root / "inbox")
    with (root / "project.toml").open("a") as settings:
        settings.write(f'\n[llm]\nbase_url = "{base_url}"\nmodel = "{MODEL}"\n{extra}\n')
    (root / "codebook.yaml").write_text("version: '1'\ntitle: Few" + FEW)
    return root


@pytest.mark.slow
def test_the_cost_is_said_before_and_after_and_a_budget_stops_the_run(tmp_path: Path) -> None:
    prices = f'strategy = "themes"\nmax_tokens = 100\n[llm.prices."{MODEL}"]\ninput = 10.0\noutput = 30.0'
    with FakeServer() as server:
        root = project(tmp_path, server.base_url, prices)
        shown = scr(root, "preview").stderr
        most = float(re.search(r"At most: 2 documents, (\d+) questions, .*, ([\d.]+) GBP", shown)[2])  # type: ignore[index]
        assert server.asked == 0 and most > 0
        scr(root, "run", asked="n\n", expect=3)
        assert server.asked == 0
        budgeted = (
            (root / "project.toml")
            .read_text()
            .replace("max_tokens = 100", f"max_tokens = 100\nbudget = {most / 2:.3f}")
        )
        (root / "project.toml").write_text(budgeted)
        stopped = scr(root, "run", "--yes", expect=3).stderr  # two documents side by side, neither finished
        assert "budget of" in stopped and "not yet coded" in stopped
        asked_so_far = server.asked
        assert asked_so_far > 0
        (root / "project.toml").write_text(budgeted.replace(f"budget = {most / 2:.3f}", ""))
        done = scr(root, "run", "--yes").stderr
        spent = re.search(r"Model: (\d+) requests.*?, (\d+) answered from memory, .*, ([\d.]+) GBP", done)
        assert spent and int(spent[2]) == asked_so_far and float(spent[3]) <= most
    with Store(load_project(root).database) as store:
        assert len(store.calls()) == server.asked == int(spent[1]) + asked_so_far


@pytest.mark.slow
def test_what_would_be_sent_is_shown_word_for_word_and_redacted(tmp_path: Path) -> None:
    with FakeServer() as server:
        root = project(tmp_path, server.base_url, 'strategy = "themes"\nredact = true', ("corriford-child-1",))
        (root / "redact.txt").write_text("Corriford\n")
        done = scr(root, "preview", "--full")
        shown = [json.loads(body) for body in re.split(r"^--- .*\n", done.stdout, flags=re.M)[1:]]
        assert "{PERSON 1} for Corriford" in done.stderr and "Corriford" not in done.stdout
        assert "Redaction misses some: in " in done.stderr
        scr(root, "run")
        same = [sorted(json.dumps(body, sort_keys=True) for body in bodies) for bodies in (shown, server.requests)]
        assert same[0] == same[1]
    exported = json.loads(scr(root, "export", "--format", "json").stdout)
    (document,) = exported["documents"]
    assert document["status"] == "coded" and exported["coder"]["strategy"] == "themes"
    assert "theme 3" in exported["coder"]["prompts"]


@pytest.mark.slow
def test_a_second_look_is_announced_and_counted_and_doubts_of_items_reach_the_reviewer(tmp_path: Path) -> None:
    from scr_llm.project import load_project
    from scr_llm.review.session import ReviewSession

    with FakeServer() as server:
        root = project(tmp_path, server.base_url, 'strategy = "themes"\ncritic = true', ("corriford-child-1",))
        shown = scr(root, "preview")
        most = int(re.search(r"At most: 1 documents?, (\d+) questions", shown.stderr)[1])  # type: ignore[index]
        listed = shown.stdout.splitlines()
        assert "A second look follows" in shown.stderr and most == len(listed) + 2  # two themes
        assert not any("critic" in line for line in listed)
        scr(root, "run")
        looks = server.asked - len(listed)
        assert 0 < looks <= 2
    session = ReviewSession(load_project(root))
    # The mock model takes each sentence with "should" for a recommendation, as the structure does here, and names no
    # finding.
    doubts = {
        kind: [p.doubts for p in session.proposals.values() if p.kind == kind] for kind in ("finding", "recommendation")
    }
    assert doubts["recommendation"] and not any(doubts["recommendation"])
    assert doubts["finding"] and all("the model does not" in told for (told,) in doubts["finding"])
    exported = json.loads(scr(root, "export", "--format", "json").stdout)
    assert exported["coder"]["strategy"] == "themes with a second look"


@pytest.mark.slow
def test_a_remote_model_needs_a_name_and_an_approval(tmp_path: Path) -> None:
    root = project(tmp_path, "https://models.example.org/v1")
    assert "region" in scr(root, "run", expect=2).stderr
    told = scr(root, "preview").stderr
    assert "NOT approved" in told and "https://models.example.org/v1" in told


@pytest.mark.slow
def test_an_approval_belongs_to_the_address_that_it_stands_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scr_llm.project import load_project

    root = project(
        tmp_path, "https://models.example.org/v1", 'region = "UK South"\napproved_by = "A. Governor"', names=()
    )
    for base_url, approved in (
        ("", True),
        ("https://models.example.org/v1", True),
        ("https://models.example.org/v1/", True),
        ("https://elsewhere.example.org/v1", False),
        ("http://models.example.org/v1", False),
        ("https://models.example.org/v1/other", False),
        ("https://models.example.org:444/v1", False),
    ):
        monkeypatch.setenv("SCR_LLM_BASE_URL", base_url)
        llm = load_project(root).settings.llm
        assert (llm.region, llm.approved_by) == (("UK South", "A. Governor") if approved else ("", "")), base_url
    told = scr(root, "preview").stderr + scr(root, "doctor").stdout
    assert "A. Governor" not in told and "NOT approved" in told and "refused" in told
    assert "beside this base_url" in scr(root, "run", "--yes", expect=2).stderr


@pytest.mark.slow
def test_a_key_that_a_server_sends_back_is_kept_and_shown_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zipfile

    key = "sk-echo/Key+0123456789"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    escaped = "".join(f"\\u{ord(c):04x}" for c in key)

    def echoes(request: dict[str, Any]) -> Answer:
        completion = json.loads(answers(request).body)
        message, question = completion["choices"][0]["message"], request["messages"][-1]["content"]
        completion["model"] = f"model of {key}"
        if "Theme: Alcohol" in question:
            message["content"] = message["content"].replace("No model:", f"Authorization: Bearer {key}, {escaped}")
        if "Theme: Record" in question:
            message["refusal"] = f"Not with {key}."
        return Answer(body=json.dumps(completion).encode())

    with FakeServer(echoes) as server:
        server.models = [key, "another"]
        root = project(tmp_path, server.base_url)
        shown = [
            scr(root, *command)
            for command in (
                ("run",),
                ("status",),
                ("doctor",),
                ("explain", "alcohol_misuse"),
                ("export", "--format", "json"),
            )
        ]
        scr(root, "batch", "write", "questions.jsonl", expect=3)
        assert all(key not in done.stdout + done.stderr for done in shown)
        assert "Not with [key removed]" in shown[-1].stdout and "[key removed], another" in shown[2].stdout
        with Store(load_project(root).database) as store:
            codings = [coding for d in store.documents() if (coding := store.coding(d.id))]
        assert any("Bearer [key removed], [key removed]" in theme.why for coding in codings for theme in coding.themes)
        assert server.headers[0]["Authorization"] == f"Bearer {key}"
    with FakeServer(lambda _: Answer(status=401, body=f"<p>no such key: {key}</p>".encode())) as server:
        (root / "project.toml").write_text(
            re.sub(r"http://127\.0\.0\.1:\d+/v1", server.base_url, (root / "project.toml").read_text())
        )
        shutil.copy(
            next(p for p in sorted(ROOT.glob("fixtures/batch-1/*.pdf")) if not (root / "inbox" / p.name).exists()),
            root / "inbox",
        )
        for command, code in (("run", 1), ("status", 0)):
            done = scr(root, command, expect=code)
            assert key not in done.stdout + done.stderr and "no such key: [key removed]" in done.stdout + done.stderr
    scr(root, "batch", "write", "questions.jsonl")
    asked = [json.loads(line) for line in (root / "questions.jsonl").read_text().splitlines()]
    rows: list[dict[str, Any]] = [
        {"custom_id": question["custom_id"], "error": {"message": f"not with {key}"}} for question in asked
    ]
    rows[0] = {
        "custom_id": asked[0]["custom_id"],
        "response": {"status_code": 200, "body": {**json.loads(answers(asked[0]["body"]).body), "model": key}},
    }
    (tmp_path / "results.jsonl").write_text("\n".join(map(json.dumps, rows)))
    told = scr(root, "batch", "read", "../results.jsonl", expect=1).stderr
    assert "1 replies kept" in told and "not with [key removed]" in told and key not in told
    for path in (p for p in root.rglob("*") if p.is_file()):
        assert key.encode() not in path.read_bytes(), path
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                assert not any(key.encode() in packed.read(name) for name in packed.namelist()), path


@pytest.mark.slow
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path, "http://127.0.0.1:9/v1", names=("corriford-child-1",))
    for key in ("sk-one\nsk-two-0123456789", "“sk-0123456789”"):
        monkeypatch.setenv("OPENAI_API_KEY", key)
        said = scr(root, "run", expect=2).stderr
        assert "the key in OPENAI_API_KEY holds characters that no key has" in said and "0123456789" not in said


@pytest.mark.slow
def test_unanswered_questions_are_shown_for_their_document(tmp_path: Path) -> None:
    def sometimes(request: dict[str, Any]) -> Answer:
        return refuses()(request) if "Theme: Alcohol" in request["messages"][1]["content"] else answers(request)

    with FakeServer(sometimes) as server:
        root = project(tmp_path, server.base_url, names=("corriford-child-1",))
        assert "1 question without a usable reply: theme alcohol misuse (refusal)" in scr(root, "run").stderr
    assert "theme alcohol misuse (refusal)" in scr(root, "status").stdout
    (document,) = json.loads(scr(root, "export", "--format", "json").stdout)["documents"]
    assert (
        document["unanswered"][0]["state"] == "refusal" and document["themes"]["alcohol_misuse"]["value"] == "unclear"
    )


@pytest.mark.slow
def test_a_batch_goes_out_and_comes_back_in_part_and_out_of_order(tmp_path: Path) -> None:
    with FakeServer(answers, batch_looks=2, batch_lost=2) as server:
        root = project(tmp_path, server.base_url)
        written = scr(root, "batch", "write", "questions.jsonl").stderr
        questions = [json.loads(line) for line in (root / "questions.jsonl").read_text().splitlines()]
        assert f"{len(questions)} questions" in written and len({q["custom_id"] for q in questions}) == len(questions)
        assert questions[0]["url"] == "/v1/chat/completions" and questions[0]["body"]["model"] == MODEL
        scr(root, "batch", "send")
        assert server.asked == 0
        assert "nothing new" in scr(root, "batch", "send", expect=3).stderr  # what is under way is not sent twice
        assert "under way" in scr(root, "batch", "collect", expect=1).stderr
        collected = scr(root, "batch", "collect").stderr
        assert f"{len(questions) - 2} replies kept" in collected and "2 questions without" in collected
        done = scr(root, "run").stderr
        assert server.asked == 2 and f"{len(questions) - 2} answered from memory" in done
    with Store(load_project(root).database) as store:
        assert len(store.calls()) == 3  # the batch, and two questions


@pytest.mark.slow
def test_batch_results_from_elsewhere_are_checked_line_by_line(tmp_path: Path) -> None:
    root = project(tmp_path, "http://127.0.0.1:9/v1", names=("corriford-child-1",))
    scr(root, "batch", "write", "questions.jsonl")
    questions = [json.loads(line) for line in (root / "questions.jsonl").read_text().splitlines()]
    rows = []
    for n, question in enumerate(questions):
        body = json.loads(answers(question["body"]).body)
        if n == 0:
            body["choices"][0]["message"]["content"] = '{"evidence": [99999], "value": "present"}'
        rows.append({"custom_id": question["custom_id"], "response": {"status_code": 200, "body": body}, "error": None})
    rows[1] = {"custom_id": questions[1]["custom_id"], "response": None, "error": {"message": "expired"}}
    rows.append({"custom_id": "of another project", "response": {"status_code": 200, "body": body}})
    (root / "results.jsonl").write_text("\n".join([*map(json.dumps, reversed(rows)), "{broken"]))
    told = scr(root, "batch", "read", "results.jsonl", expect=1).stderr
    assert (
        f"{len(questions) - 2} replies kept" in told
        and "expired" in told
        and "it answers no question of this project" in told
    )
    assert "(invalid)" in told and "not a line of batch results" in told


@pytest.mark.slow
def test_recorded_replies_are_replayed_and_a_changed_prompt_is_an_error(tmp_path: Path) -> None:
    recording = ROOT / "fixtures/replies/qwen.jsonl"
    scr(tmp_path, "init", "p")
    root = tmp_path / "p"
    shutil.copy(ROOT / "fixtures/batch-1/corriford-child-1.pdf", root / "inbox")
    scr(root, "run", "--coder", "llm", "--replay", str(recording))
    exported = json.loads(scr(root, "export", "--format", "json").stdout)
    assert (
        exported["coder"]["model"] == "qwen"
        and "Qwen2.5" in exported["coder"]["endpoint"]
        and exported["coder"]["strategy"].startswith("judge")
    )
    shutil.copytree(ROOT / "prompts", root / "prompts")
    judge = root / "prompts/judge.md"
    judge.write_text(judge.read_text().replace("It means:", "Meaning:"))
    shutil.copy(ROOT / "fixtures/batch-1/dunvarrow-young-person-r.pdf", root / "inbox")
    assert "its prompt has changed" in scr(root, "run", "--coder", "llm", "--replay", str(recording), expect=1).stderr


@pytest.mark.slow
def test_no_recorded_reply_is_an_orphan() -> None:
    """Every recorded reply is one that the coder asks for today, about some made-up review."""
    from scr_llm.llm.replay import Recording

    for file in sorted((ROOT / "fixtures/replies").glob("*.jsonl")):
        recording = Recording.load(file)
        assert recording.replies and not recording.replies.keys() - asked_today(recording)


def asked_today(recording: "Recording") -> set[str]:
    """The keys of all questions that the coder would ask today about the reviews of a recording, in its ways."""
    from scr_llm.codebook import load_codebook
    from scr_llm.models.coders import llm_coder
    from scr_llm.models.options import prompting_of
    from scr_llm.project import Project
    from scr_llm.settings import Settings
    from scr_llm.stages.read import read

    shipped = Project(ROOT / "prompts", Settings(name="x"))
    asked: set[str] = set()
    ways: dict[str, set[str]] = {}
    for reply in recording.replies.values():
        document, question = reply.question.split(" ", 1)
        ways.setdefault(document, set()).add(re.split("[:/]", question)[0])
    for name, kinds in ways.items():
        path = next(path for path in ROOT.glob(f"fixtures/*/**/{name}.pdf") if "reports" not in path.parts)
        reading = read(path, name, cross_check="off")
        for strategy in (way for kind, way in (("judge", "judge"), ("themes", "whole")) if kind in kinds):
            prompting = replace(prompting_of(shipped, recording.model, strategy), context_tokens=64_000)
            coder = llm_coder(shipped, None, prompting)
            book = load_codebook(ROOT / "prompts/codebook.yaml")
            asked |= {q.key(recording.endpoint) for q in coder.questions(reading, book)}
    return asked


@pytest.mark.slow
@pytest.mark.parametrize("script", ["answers", "429,answers"])
def test_the_make_believe_model_can_be_tried(tmp_path: Path, script: str) -> None:
    import socket
    import time

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "scr_llm", "fake-model", "--port", str(port), "--script", script], stderr=subprocess.PIPE
    )
    try:
        assert server.stderr and b"base_url" in server.stderr.readline()
        time.sleep(0.1)
        root = project(tmp_path, f"http://127.0.0.1:{port}/v1", names=("corriford-child-1",))
        scr(root, "run")
        assert "It answers and serves: fake-model" in scr(root, "doctor").stdout
        if script == "answers":
            table = scr(root, "doctor", "--qualify").stdout
            assert all(f"| {name}" in table for name in ("rules", "whole", "themes", "judge"))
            assert tomllib.loads((root / "qualified.toml").read_text())[MODEL]["strategy"] in (
                "whole",
                "themes",
                "judge",
            )
    finally:
        server.terminate()
        server.wait()
