"""Choosing a language model, and reading what would be sent to it."""

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from scr_llm.errors import RefusedError, UsageError
from scr_llm.llm import is_loopback, without_credentials
from scr_llm.llm.local import can_serve
from scr_llm.llm.question import EndpointCapabilities
from scr_llm.models.chosen import PLACE, choose_model
from scr_llm.models.coders import llm_coder
from scr_llm.models.options import endpoint_of, prompting_of, qualified
from scr_llm.models.preview import open_questions
from scr_llm.project import Project
from scr_llm.settings import LlmSettings
from scr_llm.text.redaction_figures import redaction_in_words
from scr_llm.text.words import WAYS, lower
from scr_llm.web import form
from scr_llm.web.home_view import size_in_words
from scr_llm.web.run_process import Task
from scr_llm.web.shown_work import Asked, ModelFile, ModelPage, PreviewPage
from scr_llm.web.workbench import model_option, note

if TYPE_CHECKING:
    from scr_llm.web.page import Page

QUESTIONS_SHOWN = 20
"""Questions on one page of the preview."""
MODELS_SHOWN = 20
"""Model files that are offered."""


def _model(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    llm = page.project.settings.llm
    shown = ModelPage(
        llm=llm,
        set_up=model_option(llm) if llm.is_set else None,
        way=_way(page.project) if llm.is_set else "",
        files=() if page.is_shared else tuple(_model_files(page.project)),
        can_serve=can_serve(),
        may=not page.is_shared,
    )
    return page.show(request, shown)


def _way(project: Project) -> str:
    """How the model is asked, and why so."""
    way = WAYS[prompting_of(project).strategy]
    if project.settings.llm.strategy != "auto":
        return f"project.toml sets how it is asked: {way}."
    if project.settings.llm.model in qualified(project):
        return f"It was tried and is asked in the way that did best: {way}."
    return f"It was not tried yet. Until then it is asked {way}."


def _model_files(project: Project) -> list[ModelFile]:
    """Model files in the project folder and where browsers put downloads."""
    found: list[ModelFile] = []
    for folder in (project.root, project.root / "models", Path.home() / "Downloads", Path.home() / "models"):
        try:
            for path in sorted(path for path in folder.glob("*.gguf") if path.is_file()):
                is_used = project.settings.llm.file != "" and path == project.model_file
                found.append(ModelFile(str(path), path.name, str(folder), size_in_words(path.stat().st_size), is_used))
        except OSError:  # a folder that may not be read offers nothing
            continue
    return found[:MODELS_SHOWN]


def _choose(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    if page.bench.runner.state.running:
        raise RefusedError("a run is under way.", next_step="Wait for its end, or stop it first.")
    kind, who = form.one(request, "kind"), page.who(request).name
    given = _given(request, kind)
    if kind == "address" and not is_loopback(given["base_url"]) and not who:
        raise RefusedError(
            "nobody has said who allows that.", next_step="Give your name first: it goes into the record."
        )
    project = choose_model(page.project, given)
    page.has_settings(project)
    note(page.session.store, "set", _in_words(project.settings.llm), who)
    return page.go("/model" if kind != "none" else "/")


def _given(request: Request, kind: str) -> dict[str, str]:
    """The form's fields for a kind of model: none, file or address."""
    wanted = {"none": (), "file": ("file",), "address": ("base_url", "model", "region", "approved_by")}.get(kind)
    if wanted is None:
        raise RefusedError("choose what kind of model.", next_step="Go back and choose.")
    given = {name: form.one(request, name).strip() for name in PLACE if name in wanted}
    needed = {"file": ("file",), "address": ("base_url", "model")}.get(kind, ())
    if missing := [name for name in needed if not given[name]]:
        names = {"file": "the model file", "base_url": "the address", "model": "the model’s name"}
        raise UsageError(f"{names[missing[0]]} is missing.", next_step="Type it.")
    if kind == "address":
        remote = not is_loopback(given["base_url"])
        if remote and not (given["region"] and given["approved_by"]):
            raise UsageError(
                "this model is on another computer, and reviews would be sent there.",
                next_step="Say in which region it is, and who approved that.",
            )
    return given


def _in_words(llm: LlmSettings) -> str:
    if not llm.is_set:
        return "Chose no language model"
    if llm.file:
        return f"Chose the model file {llm.file}"
    approved = f", in {llm.region}, approved by {llm.approved_by}" if llm.region and llm.approved_by else ""
    return f"Chose the model {llm.model} at {without_credentials(llm.base_url)}{approved}"


def _try(page: "Page", request: Request) -> Response:
    """Try the model on made-up reviews."""
    page.refuse_blind(request)
    llm = page.project.settings.llm
    if not llm.is_set:
        raise RefusedError("no model is set up.", next_step="Set one up first.")
    task = Task(page.project.root, "llm", trial=True)
    page.bench.runner.start(task, f"Trying the {lower(model_option(llm).title)}", page.who(request).name)
    return page.go("/")


def _preview(page: "Page", request: Request) -> Response:
    """The exact text of every request that waits to be sent, document by document."""
    page.refuse_blind(request)
    project = page.project
    waiting = [d for d in page.session.store.documents() if d.status in ("pending", "failed") and not d.missing]
    wanted = request.query_params.get("document", "")
    document = next((d for d in waiting if d.id == wanted), None)
    first = form.number(request.query_params.get("from", "0"))
    asked = _asked(project, document.id, first) if document else []
    shown = PreviewPage(
        where=model_option(project.settings.llm) if project.settings.llm.is_set else None,
        redaction=redaction_in_words() if project.settings.llm.redact else "",
        waiting=tuple(waiting),
        document=document,
        questions=tuple(asked[:QUESTIONS_SHOWN]),
        first=first,
        before=max(0, first - QUESTIONS_SHOWN) if first else None,
        after=first + QUESTIONS_SHOWN if len(asked) > QUESTIONS_SHOWN else None,
    )
    return page.show(request, shown)


def _asked(project: Project, document_id: str, first: int) -> list[Asked]:
    """Questions about a review from number `first` on: those of one page, and one more if there is one."""
    endpoint = endpoint_of(project)
    coder = llm_coder(project, None, prompting_of(project))
    questions = (q for _, q, is_kept in open_questions(project, coder, endpoint, [document_id]) if not is_kept)
    found = []
    for question in islice(questions, first, first + QUESTIONS_SHOWN + 1):
        body = EndpointCapabilities().body(question, question.messages, endpoint)
        messages = tuple((m["role"], m["content"]) for m in question.messages)
        rest = json.dumps({k: v for k, v in body.items() if k != "messages"}, ensure_ascii=False, indent=1)
        found.append(Asked(question.name, messages, rest, len(json.dumps(body, ensure_ascii=False).encode())))
    return found


ROUTES = (
    ("/model", _model, "GET"),
    ("/model", _choose, "POST"),
    ("/model/try", _try, "POST"),
    ("/preview", _preview, "GET"),
)
