"""A project folder: project.toml, inbox/, outputs/, codebook.yaml and the store. Settings are read here and nowhere else."""

import os
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo

from scr_llm.errors import StoreError, UsageError
from scr_llm.files import make_folder, read_file, write_atomically
from scr_llm.records import Record
from scr_llm.text.typed import LONGEST_NAME, is_plain


def _address(text: str) -> str:
    """An endpoint's address as it can be used; empty for none."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(c.isspace() for c in text):
        raise ValueError("it is not an address; write for example http://127.0.0.1:11434/v1")
    return text


def _day(value: object) -> object:
    """A day as text; TOML has dates without quotation marks too."""
    if value == "":
        return value
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError("it is not a day; write for example 2030-01-31") from None


def _some(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty; write a name or take it away")
    return _printed(text.strip())


def _printed(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise ValueError(f"it is longer than {LONGEST_NAME} characters")
    if not is_plain(text):
        raise ValueError("it has characters that cannot be printed")
    return text


_Address = Annotated[str, AfterValidator(_address)]
_Day = Annotated[str, BeforeValidator(_day)]
_Name = Annotated[str, AfterValidator(_some)]
_Words = Annotated[str, AfterValidator(_printed)]


def _instead_of_an_address(file: str, info: ValidationInfo) -> str:
    if file and info.data.get("base_url"):
        raise ValueError(
            "base_url is set too (there, or as SCR_LLM_BASE_URL), and a model is either a file or at an address; take one of them away"
        )
    return file


_ModelFile = Annotated[str, AfterValidator(_printed), AfterValidator(_instead_of_an_address)]


class BriefingSettings(Record):
    """The draft paper."""

    headline_themes: int = Field(default=3, ge=0, le=50)
    """How many practice themes get a section of their own."""
    headline_min: int = Field(default=2, ge=1, le=100_000)
    """In how many reviews a theme must be found to lead the paper."""
    quotes_per_theme: int = Field(default=4, ge=0, le=100)
    """Quotes printed for a headline theme, at most."""
    leave_out: tuple[_Name, ...] = ()
    """Names that no paper prints: each is replaced by “[name removed]”, also within quotes, after these were verified."""
    tell_inferred: bool = False
    """Whether the paper says in how many reviews a theme is implied by facts and not stated."""
    count_recommendation_only: bool = True
    """Whether a theme found in a review's recommendations only counts; how many do is printed either way."""


class ReadSettings(Record):
    """What reading one file may cost."""

    seconds: float = Field(default=180.0, gt=0, le=86_400)
    """Time for one file."""
    megabytes: int = Field(default=1500, ge=200, le=1_000_000)
    """Memory of one reading process."""
    largest_megabytes: int = Field(default=500, ge=1, le=100_000)
    """Size of the largest file that is opened."""
    workers: int = Field(default=2, ge=1, le=64)
    """Files read at once."""
    cross_check: bool = True
    """Whether a second reader checks every page; slower."""


class PriceSettings(Record):
    """What a model costs, in the currency of [llm]."""

    input: float = Field(ge=0, allow_inf_nan=False)
    """For a million tokens sent."""
    output: float = Field(ge=0, allow_inf_nan=False)
    """For a million tokens received."""


class LlmSettings(Record):
    """The language model, where one is used."""

    base_url: _Address = ""
    """Address of an OpenAI-compatible endpoint, up to and with /v1; empty for none."""
    file: _ModelFile = ""
    """A model file (GGUF) on this computer in place of an address: absolute, or as seen from the project folder. It is served while it is asked."""
    model: str = ""
    """The model's name there; of a model file, its own name without the ending if no other is given."""
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key; the key itself is never written down."""
    strategy: Literal["auto", "whole", "themes", "judge"] = "auto"
    """How it is asked; auto takes what `scr-llm doctor --qualify` measured for this model, else what is shipped for it, else themes."""
    critic: bool = False
    """Whether the model looks a second time at each theme that it holds present, and may withdraw it."""
    max_concurrency: int = Field(default=4, ge=1, le=64)
    """Requests at once, at most; documents are coded side by side."""
    timeout_s: float = Field(default=120.0, gt=0, le=86_400)
    """Seconds before a request is given up."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    """0 gives the most repeatable replies."""
    context_tokens: int = Field(default=8192, ge=1024, le=100_000_000)
    """Tokens that the model reads in one go, its reply counted in; longer documents are asked about in windows."""
    max_tokens: int = Field(default=1024, ge=16, le=1_000_000)
    """Longest reply, in tokens."""
    region: str = ""
    """Where the endpoint at `base_url` stands, if it is remote; must be named before anything leaves this machine."""
    approved_by: str = ""
    """Who approved sending text to `base_url`, and to no other address; must be named before anything leaves this machine."""
    redact: bool = False
    """Whether names, contact details, dates of birth and identifiers are replaced before sending."""
    budget: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """Money that one run may cost at most; needs a price."""
    budget_tokens: int | None = Field(default=None, ge=0)
    """Tokens, sent and received together, that one run may cost at most."""
    currency: str = "GBP"
    """Of prices and budget."""
    prices: dict[str, PriceSettings] = {}  # noqa: RUF012
    """Price of a model by its name: [llm.prices."name"]."""

    @property
    def is_set(self) -> bool:
        """Whether there is a model to ask."""
        return bool((self.base_url or self.file) and self.model)


class ReviewSettings(Record):
    """Who reviews, where a team shares one review page."""

    second_reviewers: tuple[str, ...] = ()
    """Names of those who code blind, as second reviewers."""
    roles: dict[str, str] = {}  # noqa: RUF012
    """Name to role, for names that come from the reverse proxy."""


class Settings(Record):
    """All of project.toml."""

    name: _Words
    """The project's name."""
    organisation: _Words = "Safeguarding Partnership"
    """Whose paper it is."""
    title: _Name = "Briefing paper: analysis of Serious Case Review executive summaries"
    """The paper's title."""
    marking: _Words = "OFFICIAL"
    """Protective marking in the footer; may be empty."""
    batch: _Name = "auto"
    """Name of the batch that new files belong to; auto: numbered, a new one whenever files come after others were coded."""
    retain_until: _Day = ""
    """Day until which the project may be kept, as 2030-01-31; `status` says when it is past."""
    read: ReadSettings = ReadSettings()
    """[read]"""
    briefing: BriefingSettings = BriefingSettings()
    """[briefing]"""
    review: ReviewSettings = ReviewSettings()
    """[review]"""
    llm: LlmSettings = LlmSettings()
    """[llm]"""


@dataclass(frozen=True)
class Project:
    """A project folder that exists."""

    root: Path
    settings: Settings

    @property
    def inbox(self) -> Path:
        """Where PDFs are dropped."""
        return self.root / "inbox"

    @property
    def outputs(self) -> Path:
        """Where papers are written."""
        return self.root / "outputs"

    @property
    def store_path(self) -> Path:
        """The one database file."""
        return self.root / "scr_llm.sqlite"

    @property
    def model_file(self) -> Path:
        """The model's file, where [llm] names one."""
        return self.root / Path(self.settings.llm.file).expanduser()

    @property
    def codebook_path(self) -> Path:
        """The project's own codebook."""
        return self.root / "codebook.yaml"

    @property
    def prompts_dir(self) -> Path:
        """What the model is told: the project's own prompts/ where there is one, else the shipped ones."""
        own = self.root / "prompts"
        return own if own.is_dir() else data_dir() / "prompts"


_TEMPLATE = """# Settings of this project. Lines that begin with # are explanations or switched off.

name = {name}
organisation = "Safeguarding Partnership"
title = "Briefing paper: analysis of Serious Case Review executive summaries"
marking = "OFFICIAL"            # printed in the footer of every page; "" for none
batch = "auto"                  # name of the batch that new files belong to; auto numbers them
# retain_until = "2030-01-31"     # when to run: scr-llm erase

[read]
seconds = 180                   # for one file; past it, or past its memory, a file is given up and reported
megabytes = 1500
workers = 2                     # files read at once
largest_megabytes = 500         # a larger file is not opened, and is reported
cross_check = true              # a second reader checks every page (slower)

[briefing]
headline_themes = 3             # practice themes with a section of their own
headline_min = 2                # reviews in which such a theme must be found
quotes_per_theme = 4
# leave_out = ["A. Name"]         # names that no paper prints, also not within quotes
tell_inferred = false              # whether it says in how many reviews a theme is implied and not stated
count_recommendation_only = true   # whether a theme found only in recommendations counts (printed as "R" either way)

# A language model, if you want one. Without it the embedded coder is used and nothing leaves this computer.
# [llm]
# base_url = "http://127.0.0.1:11434/v1"   # an OpenAI-compatible address
# model = "qwen2.5:7b"
# file = "model.gguf"                      # instead of base_url: a model file, served on this computer while it is needed
# api_key_env = "OPENAI_API_KEY"           # the variable that holds the key, not the key
# strategy = "auto"                        # whole, themes or judge; see docs/models.md and: scr-llm doctor --qualify
# critic = false                           # true: the model looks again at each theme that it found, and may withdraw it
# max_concurrency = 4                              # requests at once
# context_tokens = 8192                    # what the model reads in one go (Ollama: its num_ctx)
# region = ""                              # for a remote endpoint: where it stands ...
# approved_by = ""                         # ... and who approved sending case text there
# redact = false                           # true: names, contact details, dates of birth and identifiers are replaced before sending
# budget = 5.00                            # money that one run may cost at most
# currency = "GBP"
# [llm.prices."the-model"]                 # for a million tokens, from your contract
# input = 0.12
# output = 0.48
"""


_FORMER_KEYS = {"read": {"witness": "cross_check"}, "llm": {"at_once": "max_concurrency"}}
"""What settings were once called, by section; they still hold under that name."""
_OF_A_FILE = {"max_concurrency": 1, "timeout_s": 600.0}
"""What holds for a model file where project.toml says nothing else: one computer answers one question at a time, and takes minutes."""


def data_dir() -> Path:
    """Where the shipped prompts and fixtures are: the checkout, or the installed package."""
    package = Path(__file__).resolve().parent
    return package / "_data" if (package / "_data").is_dir() else package.parent


def init_project(root: Path, *, name: str | None = None) -> Project:
    """Make a project folder.

    Raises:
        UsageError: there is a project already.
    """
    if (root / "project.toml").exists():
        raise UsageError(f"{root} is a project folder already.", next_step="Use it as it is, or give another folder.")
    for folder in (root, root / "inbox", root / "outputs"):
        make_folder(folder)
    write_atomically(root / "codebook.yaml", read_file(data_dir() / "prompts" / "codebook.yaml"))
    title = "".join(c for c in name or root.resolve().name if is_plain(c) and c not in '\\"')[:LONGEST_NAME]
    write_atomically(root / "project.toml", _TEMPLATE.format(name=f'"{title}"').encode())
    return load_project(root)


def load_project(root: Path) -> Project:
    """Read a project's settings; SCR_LLM_BASE_URL and SCR_LLM_MODEL in the environment take their place.

    Raises:
        UsageError: names the file and the key, and what to write instead.
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
            next_step="Write [llm] on a line of its own and its settings below it.",
        )
    llm = dict(data.get("llm", {}))
    for key, variable in (("base_url", "SCR_LLM_BASE_URL"), ("model", "SCR_LLM_MODEL")):
        if os.environ.get(variable):
            llm[key] = os.environ[variable]
    if str(llm.get("base_url", "")).rstrip("/") != str(data.get("llm", {}).get("base_url", "")).rstrip("/"):
        llm |= {"region": "", "approved_by": ""}  # they hold for the address that they stand beside, and for no other
    if isinstance(file := llm.get("file"), str) and file:
        llm = _OF_A_FILE | llm | {"model": llm.get("model") or Path(file).stem}
    try:
        settings = Settings.model_validate({**data, "llm": llm})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        advice = (
            "Delete it or correct its name."
            if first["type"] == "extra_forbidden"
            else "Compare it with a new project's."
        )
        what = first["msg"].removeprefix("Value error, ")
        raise UsageError(
            f"{path.name}{_line(text, first['loc'])}: {key}: {what[:1].lower()}{what[1:]}.", next_step=advice
        ) from error
    project = Project(root, settings)
    for folder in (project.inbox, project.outputs):
        make_folder(folder)
    if not project.store_path.exists() and (signed := sorted(project.outputs.glob("signed-*"))):
        raise StoreError(
            f"{project.store_path}: the project's database is gone, although {signed[-1]} was signed from it.",
            next_step=f"Put back a copy from a backup. To begin again without what was decided, move {signed[-1].name} away.",
        )
    return project


def _line(text: str, loc: tuple[str | int, ...]) -> str:
    """Where a setting stands in project.toml, as `, line 7`; empty where it stands in the environment, or nowhere."""
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
