"""What a run tells OpenTelemetry: times and counts, and no word of a review. And `doctor --json`."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from served import add
from test_model_commands import project as model_project

from scr_llm.cli import cli
from scr_llm.llm.fake import FakeServer
from scr_llm.project import init_project, load_project
from scr_llm.store import Store
from scr_llm.tracing import span, traced, traced_by
from scr_llm.workspace import Workspace

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otel is not installed")

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


def words_of(root: Path) -> set[str]:
    """The words of the project's reviews that are long enough to be nobody else's; and what names a document."""
    with Store(load_project(root).database) as store:
        documents = store.documents()
        texts = [page.text for d in documents if (r := store.reading(d.id)) for page in r.pages]
    names = {name for d in documents for name in (d.id, d.sha256, d.file, Path(d.file).stem)}
    return {word for text in texts for word in text.split() if len(word) > 5} | names


def check(spans: Sequence[ReadableSpan], root: Path) -> None:
    words = words_of(root)
    assert len(words) > 200
    for each in spans:
        assert each.name.startswith("scr_llm.") and not each.events and each.status.description is None
        for key, value in (each.attributes or {}).items():
            assert isinstance(value, int | float) or (key == "scr_llm.document" and len(value) == 16), (key, value)
            assert not [word for word in words if word in str(value)]


@pytest.mark.slow
def test_a_run_gives_its_steps_and_no_word_of_a_review(tmp_path: Path) -> None:
    project = init_project(tmp_path / "p")
    add(project, "corriford-child-1")
    add(project, "dunvarrow-young-person-r")
    memory = InMemorySpanExporter()
    with traced_by(memory):
        Workspace.open(project.root).run("rules")
    spans = memory.get_finished_spans()
    assert sorted(s.name for s in spans) == sorted(
        ["scr_llm.run"] + ["scr_llm.read", "scr_llm.code", "scr_llm.ground"] * 2
    )
    check(spans, project.root)
    run = next(s for s in spans if s.name == "scr_llm.run")
    assert dict(run.attributes or {}) == {"scr_llm.coded": 2, "scr_llm.kept": 0, "scr_llm.left_out": 0}
    assert {s.context.trace_id for s in spans} == {run.context.trace_id}
    assert all(s.parent and s.parent.span_id == run.context.span_id for s in spans if s is not run)
    assert len({(s.attributes or {})["scr_llm.document"] for s in spans if s is not run}) == 2
    Workspace.open(project.root).run("rules")
    assert len(memory.get_finished_spans()) == len(spans), "nothing is traced outside the block"


@pytest.mark.slow
def test_questions_to_a_model_are_spans_of_the_same_run(tmp_path: Path) -> None:
    memory = InMemorySpanExporter()
    with FakeServer() as server:
        root = model_project(tmp_path, server.base_url, "max_concurrency = 3")
        with traced_by(memory):
            Workspace.open(root).run("llm")
    spans = memory.get_finished_spans()
    asked = [s for s in spans if s.name == "scr_llm.ask"]
    assert len(asked) == server.asked > 2 and all((s.attributes or {})["scr_llm.kept"] == 0 for s in asked)
    assert len({s.context.trace_id for s in spans}) == 1
    check(spans, root)


def test_words_and_the_words_of_an_error_cannot_be_noted() -> None:
    memory = InMemorySpanExporter()
    with traced_by(memory):
        with pytest.raises(TypeError, match="numbers only"), span("code", pages="a word"):  # type: ignore[arg-type]
            pass
        with pytest.raises(ValueError, match="Child T"), span("code", "id"):
            raise ValueError("Child T was hurt")
    assert [dict(s.attributes or {}).get("scr_llm.failed") for s in memory.get_finished_spans()] == [None, 1]
    assert "Child" not in "".join(s.to_json() for s in memory.get_finished_spans())


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector on this machine, and the bodies that it was sent."""
    bodies: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", bodies
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.slow
def test_what_reaches_a_collector_holds_no_word_and_one_that_is_gone_fails_nothing(tmp_path: Path) -> None:
    project = init_project(tmp_path / "p")
    add(project, "corriford-child-1")
    settings = project.root / "project.toml"
    with collector() as (endpoint, bodies):
        settings.write_text(settings.read_text("utf-8") + f'\n[otel]\nendpoint = "{endpoint}"\n', "utf-8")
        assert CliRunner().invoke(cli, ["run", "--project", str(project.root)]).exit_code == 0
    sent = b"".join(bodies)
    assert b"scr_llm.ground" in sent
    ours = {"service"}  # the field that says which program sent it
    assert not [word for word in words_of(project.root) - ours if word.encode() in sent]
    add(project, "dunvarrow-young-person-r")
    assert CliRunner().invoke(cli, ["run", "--project", str(project.root)]).exit_code == 0
    with traced(""), span("run"):
        pass


def test_doctor_as_json_has_the_same_keys_with_and_without_a_project(tmp_path: Path) -> None:
    root = init_project(tmp_path / "p").root
    found = []
    for folder in (root, tmp_path):
        done = CliRunner().invoke(cli, ["doctor", "--json", "--project", str(folder)])
        assert done.exit_code == 0, done.output
        found.append(json.loads(done.output))
    with_project, without = found
    assert set(with_project) == set(without) == {
        "schema_version", "version", "python", "system", "libraries", "codebook", "project", "problem", "record",
        "model", "assistant_may_read",
    }  # fmt: skip
    assert set(with_project["record"]) == {"decisions", "broken_at", "requests", "bytes_sent", "endpoints", "place"}
    assert set(with_project["model"]) == {
        "model", "where", "is_file", "is_local", "region", "approved_by", "is_allowed", "answers",
    }  # fmt: skip
    assert with_project["record"]["broken_at"] is None and with_project["model"]["where"] == ""
    assert with_project["assistant_may_read"] == "off" and with_project["problem"] is None
    assert without["project"] is None and "project.toml" in without["problem"]
    plain = CliRunner().invoke(cli, ["doctor", "--project", str(root)]).output
    assert with_project["version"] in plain and with_project["codebook"]["sha256"][:12] in plain
    assert all(version in plain for version in with_project["libraries"].values())
