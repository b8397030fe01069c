"""A project folder: project.toml, inbox/, outputs/, codebook.yaml and the database.

project.toml is read here and nowhere else.
"""

import hashlib
import json
import os
import re
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scr_llm.errors import MissingExtraError, UsageError
from scr_llm.files import data_dir, make_folder, read_file, write_atomically
from scr_llm.records import Database
from scr_llm.settings import Settings, StoreSettings, store_settings
from scr_llm.text.typed import LONGEST_NAME, is_plain


@dataclass(frozen=True)
class Project:
    """A project folder that exists, and its settings."""

    root: Path
    settings: Settings

    @property
    def inbox(self) -> Path:
        """Where PDFs are put."""
        return self.root / "inbox"

    @property
    def outputs(self) -> Path:
        """Where papers are written."""
        return self.root / "outputs"

    @property
    def store_path(self) -> Path:
        """The database file, where the record is not on a server."""
        return self.root / "scr_llm.sqlite"

    @property
    def database(self) -> Database:
        """Where the record is kept."""
        store = self.settings.store
        signed = sorted(self.outputs.glob("signed-*"))
        return Database(
            file=self.store_path,
            url=store.url,
            namespace=store.namespace or schema_for(self.settings.name),
            password_env=store.password_env,
            connections=store.connections,
            signed=str(signed[-1]) if signed else "",
        )

    @property
    def model_file(self) -> Path:
        """The model file, where [llm] names one."""
        return self.root / Path(self.settings.llm.file).expanduser()

    @property
    def codebook_path(self) -> Path:
        """The project's own codebook."""
        return self.root / "codebook.yaml"

    @property
    def prompts_dir(self) -> Path:
        """The prompts: the project's own prompts/ folder where there is one, else the shipped prompts."""
        own = self.root / "prompts"
        return own if own.is_dir() else data_dir() / "prompts"

    def owns(self, path: Path) -> bool:
        """Whether a path is one of the project's own files, which no export or report may overwrite."""
        own = (self.store_path, self.root / "project.toml", self.codebook_path, self.root / "template.docx")
        resolved = path.resolve()
        return resolved in {p.resolve() for p in own} or resolved.is_relative_to(self.inbox.resolve())


_TEMPLATE = """# Settings of this project. Lines that begin with # are explanations, or settings that are switched off.

name = {name}
organisation = "Safeguarding Partnership"
title = "Briefing paper: analysis of Serious Case Review executive summaries"
marking = "OFFICIAL"            # printed in the footer of every page; "" for none
batch = "auto"                  # name of the batch that new files belong to; auto numbers them
# retain_until = "2030-01-31"     # when to run: scr-llm erase

[read]
seconds = 180                   # time for one file; a file that takes longer is skipped and reported
megabytes = 1500                # memory for one file; a file that needs more is skipped and reported
workers = 2                     # files read at the same time
largest_megabytes = 500         # a larger file is not opened, and is reported
cross_check = "full"            # a second reader checks every page; "cues": the pages that look odd, a sample of the
                                # others, and every page that is quoted; "off": none

[briefing]
headline_themes = 3             # practice themes that get their own section
headline_min = 2                # reviews in which such a theme must be found, at least
quotes_per_theme = 3            # at most, for each of these themes
# drafted_up_to = 200             # reviews up to which a run writes the draft; on more: scr-llm brief, or the page
# asked_by = "The Learning and Improvement Group"  # who asked for the paper
# asked_on = "2026-06-03"         # and when
# author = "A. Name, Business Manager"  # printed at the end of the paper, with how to reach them
# contact = "a.name@example.org"
# parts = ["purpose", "cases", "analysis", "themes", "others", "change", "recommended", "conclusion", "method",
#          "contact", "matrix", "key"]  # what is printed, in this order; also: good_practice
# leave_out = ["A. Name"]         # names that no paper prints, not even within quotes
tell_inferred = false           # true: the paper says in how many reviews a theme is implied but not stated
count_recommendation_only = true  # false: a theme found only in recommendations does not count (marked R either way)

# The record on a PostgreSQL server instead of in this folder, for a team. To move it there: scr-llm move --to URL
# [store]
# url = "postgresql+psycopg://user@host/database"  # without a password
# schema = "our_project"                   # this project's own; each project of the database has another
# password_env = "SCR_LLM_PASSWORD"        # the environment variable that holds the password, if one is needed
# connections = 20                         # most connections to the server from one process

# What an assistant may read by scr-llm mcp; see docs/assistants.md. What it reads goes to its maker.
# [mcp]
# allow = "counts"                         # off, counts, or quotes (counts too)
# approved_by = ""                         # who approved that

# Counts and times of a run's steps for OpenTelemetry, without any text; see docs/performance.md
# [otel]
# endpoint = "http://127.0.0.1:4318/v1/traces"

# A language model, if you want one. Without it the embedded coder is used, and nothing leaves this computer.
# [llm]
# base_url = "http://127.0.0.1:11434/v1"   # an OpenAI-compatible address
# model = "qwen2.5:7b"
# file = "model.gguf"                      # instead of base_url: a model file, served on this computer when needed
# api_key_env = "OPENAI_API_KEY"           # the environment variable that holds the key, not the key itself
# strategy = "auto"                        # whole, themes or judge; see docs/models.md and: scr-llm doctor --qualify
# critic = false                           # true: the model checks each theme that it found, and may withdraw it
# max_concurrency = 4                      # requests at the same time
# context_tokens = 8192                    # what the model can read at once (Ollama: its num_ctx)
# region = ""                              # for a remote endpoint: where it is ...
# approved_by = ""                         # ... and who approved sending case text there
# redact = false                           # true: names, contact details, dates and identifiers
#                                          # are replaced before sending
# budget = 5.00                            # most money that one run may cost
# currency = "GBP"
# [llm.prices."the-model"]                 # price of a million tokens, from your contract
# input = 0.12
# output = 0.48

# A Ray cluster, for: scr-llm run --engine ray (docs/scale.md). Without an address, Ray runs on this computer.
# [engine]
# address = ""                             # of the cluster; its computers must see this folder under the same path
# workers = 0                              # documents at once; 0 for all processors of the cluster
# region = ""                              # where the cluster is ...
# approved_by = ""                         # ... and who approved reading the reviews there
"""


def with_store(text: str, store: StoreSettings) -> str:
    """The text of a project.toml with another [store]; everything else, comments too, stays as it was.

    Raises:
        MissingExtraError: the package for this is not installed.
    """
    try:
        import tomlkit
    except ImportError as error:
        raise MissingExtraError("changing project.toml needs tomlkit", "postgres") from error
    document = tomlkit.parse(text)
    document.pop("store", None)
    if store.url:
        document["store"] = store.model_dump(by_alias=True, exclude_defaults=True)
    changed: str = tomlkit.dumps(document)
    others = [{key: v for key, v in tomllib.loads(t).items() if key != "store"} for t in (text, changed)]
    assert others[0] == others[1], "only [store] may change"
    return changed


def schema_for(name: str, salt: str = "") -> str:
    """A PostgreSQL schema for a project.

    Args:
        name: of the project.
        salt: anything that tells two projects of one name apart.
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    mark = hashlib.sha256("\n".join((name, salt)).encode()).hexdigest()[:6]
    return f"scr_{plain or 'project'}_{mark}"


_FORMER_KEYS = {"read": {"witness": "cross_check"}, "llm": {"at_once": "max_concurrency"}}
"""Former names of settings, by section. They are still accepted."""
_MODEL_FILE_DEFAULTS = {"max_concurrency": 1, "timeout_s": 600.0}
"""Defaults for a model file: one computer answers one question at a time, and takes minutes over it."""


def init_project(root: Path, *, name: str | None = None) -> Project:
    """Make a project folder. SCR_LLM_STORE_URL in the environment puts its record on that server.

    Raises:
        UsageError: the folder is a project already, or that address is wrong.
    """
    if (root / "project.toml").exists():
        raise UsageError(f"{root} is already a project folder.", next_step="Use it, or name another folder.")
    server = os.environ.get("SCR_LLM_STORE_URL", "")
    store_settings(server, "", "")  # before anything is written, a password in it least of all
    for folder in (root, root / "inbox", root / "outputs"):
        make_folder(folder)
    write_atomically(root / "codebook.yaml", read_file(data_dir() / "prompts" / "codebook.yaml"))
    title = "".join(c for c in name or root.resolve().name if is_plain(c) and c not in '\\"')[:LONGEST_NAME]
    text = _TEMPLATE.format(name=f'"{title}"')
    if server:
        # Without salt, a second project of this name would write into the first one's record.
        text += f'\n[store]\nurl = {json.dumps(server)}\nschema = "{schema_for(title, secrets.token_hex(8))}"\n'
    write_atomically(root / "project.toml", text.encode())
    return load_project(root)


def load_project(root: Path) -> Project:
    """Read a project's settings.

    SCR_LLM_BASE_URL, SCR_LLM_MODEL and RAY_ADDRESS in the environment override the file.

    Raises:
        UsageError: a setting is wrong; the message names the file and the key, and says what to write instead.
    """
    path = root / "project.toml"
    if not path.is_file():
        raise UsageError(
            f"{root} is not a project folder (it has no project.toml).", next_step=f"Make one: scr-llm init {root}"
        )
    try:
        text = read_file(path).decode("utf-8-sig")  # Notepad writes a byte order mark
        data: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path.name} cannot be read: {error}.", next_step="Text belongs between quotation marks."
        ) from error
    for section, former in _FORMER_KEYS.items():
        if isinstance(found := data.get(section), dict):
            data[section] = {former.get(key, key): value for key, value in found.items()}
    if not isinstance(data.get("llm", {}), dict):
        raise UsageError(
            f"{path.name}: llm: must be a section.",
            next_step="Write [llm] on its own line and its settings below it.",
        )
    data["llm"] = _llm_in_force(data.get("llm", {}))
    if isinstance(engine := data.get("engine", {}), dict):
        data["engine"] = _engine_in_force(engine)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise _setting_error(path, text, error) from error
    project = Project(root, settings)
    for folder in (project.inbox, project.outputs):
        make_folder(folder)
    return project


def _llm_in_force(written: dict[str, Any]) -> dict[str, Any]:
    """The settings of [llm] as written, with those of the environment and the defaults for a model file."""
    llm = dict(written)
    for key, variable in (("base_url", "SCR_LLM_BASE_URL"), ("model", "SCR_LLM_MODEL")):
        if os.environ.get(variable):
            llm[key] = os.environ[variable]
    if str(llm.get("base_url", "")).rstrip("/") != str(written.get("base_url", "")).rstrip("/"):
        llm |= {"region": "", "approved_by": ""}  # the approval is for the address beside it, and for no other
    if isinstance(file := llm.get("file"), str) and file:
        llm = _MODEL_FILE_DEFAULTS | llm | {"model": llm.get("model") or Path(file).stem}
    return llm


def _engine_in_force(written: dict[str, Any]) -> dict[str, Any]:
    """The settings of [engine] as written, with the address that the environment gives."""
    address = os.environ.get("RAY_ADDRESS") or written.get("address", "")
    engine = written | {"address": "" if address == "local" else address}
    if engine["address"] != written.get("address", ""):
        engine |= {"region": "", "approved_by": ""}  # as for a model: the approval is for the address beside it
    return engine


def _setting_error(path: Path, text: str, error: ValidationError) -> UsageError:
    """The first of the settings that are wrong: file, line, key, and what to do."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    unknown = first["type"] == "extra_forbidden"
    return UsageError(
        f"{path.name}{_line(text, first['loc'])}: {key}: {what[:1].lower()}{what[1:]}.",
        next_step="Delete it or correct its name." if unknown else "Compare it with a new project's.",
    )


def _line(text: str, loc: tuple[str | int, ...]) -> str:
    """The line of a setting in project.toml, as `, line 7`; empty if it is missing or from the environment."""
    *section, key = [str(part) for part in loc if isinstance(part, str)] or [""]
    current: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if found := re.fullmatch(r"\[+([^\]]+)\]+\s*(?:#.*)?", bare):
            current = [part.strip().strip("\"'") for part in re.split(r"\.(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", found[1])]
            if current == [*section, key]:
                return f", line {number}"
        elif current == section and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*=", bare):
            return f", line {number}"
    return ""
