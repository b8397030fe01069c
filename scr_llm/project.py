"""A project folder: project.toml, inbox/, outputs/, codebook.yaml and the store. Settings are read here and nowhere else."""

import os
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from scr_llm.errors import UsageError
from scr_llm.records import Record


class BriefingSettings(Record):
    """The draft paper."""

    headline_themes: int = 3
    """How many practice themes get a section of their own."""
    headline_min: int = 2
    """In how many reviews a theme must be found to lead the paper."""
    quotes_per_theme: int = 4
    """Quotes printed for a headline theme, at most."""
    leave_out: tuple[str, ...] = ()
    """Names that no paper prints: each is replaced by “[name removed]”, also within quotes, after these were verified."""
    count_recommendation_only: bool = True
    """Whether a theme found in a review's recommendations only counts; how many do is printed either way."""


class ReadSettings(Record):
    """What reading one file may cost."""

    seconds: float = 180.0
    """Time for one file."""
    megabytes: int = 1500
    """Memory of one reading process."""
    workers: int = 2
    """Files read at once."""
    witness: bool = True
    """Whether a second reader checks every page; slower."""


class PriceSettings(Record):
    """What a model costs, in the currency of [llm]."""

    input: float
    """For a million tokens sent."""
    output: float
    """For a million tokens received."""


class LlmSettings(Record):
    """The language model, where one is used."""

    base_url: str = ""
    """Address of an OpenAI-compatible endpoint, up to and with /v1; empty for none."""
    model: str = ""
    """The model's name there."""
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key; the key itself is never written down."""
    strategy: Literal["auto", "whole", "themes", "judge"] = "auto"
    """How it is asked; auto takes what `scr-llm doctor --qualify` measured for this model, else what is shipped for it, else themes."""
    at_once: int = Field(default=4, ge=1, le=64)
    """Requests at once, at most; documents are coded side by side."""
    timeout_s: float = Field(default=120.0, gt=0)
    """Seconds before a request is given up."""
    temperature: float = 0.0
    """0 gives the most repeatable replies."""
    context_tokens: int = Field(default=8192, ge=1024)
    """Tokens that the model reads in one go, its reply counted in; longer documents are asked about in windows."""
    max_tokens: int = Field(default=1024, ge=16)
    """Longest reply, in tokens."""
    region: str = ""
    """Where the endpoint at `base_url` stands, if it is remote; must be named before anything leaves this machine."""
    approved_by: str = ""
    """Who approved sending text to `base_url`, and to no other address; must be named before anything leaves this machine."""
    redact: bool = False
    """Whether names, contact details, dates of birth and identifiers are replaced before sending."""
    budget: float | None = Field(default=None, ge=0)
    """Money that one run may cost at most; needs a price."""
    budget_tokens: int | None = Field(default=None, ge=0)
    """Tokens, sent and received together, that one run may cost at most."""
    currency: str = "GBP"
    """Of prices and budget."""
    prices: dict[str, PriceSettings] = {}  # noqa: RUF012
    """Price of a model by its name: [llm.prices."name"]."""


class ReviewSettings(Record):
    """Who reviews, where a team shares one review page."""

    second_reviewers: tuple[str, ...] = ()
    """Names of those who code blind, as second reviewers."""
    roles: dict[str, str] = {}  # noqa: RUF012
    """Name to role, for names that come from the reverse proxy."""


class Settings(Record):
    """All of project.toml."""

    name: str
    """The project's name."""
    organisation: str = "Safeguarding Partnership"
    """Whose paper it is."""
    title: str = "Briefing paper: analysis of Serious Case Review executive summaries"
    """The paper's title."""
    marking: str = "OFFICIAL"
    """Protective marking in the footer; may be empty."""
    batch: str = "auto"
    """Name of the batch that new files belong to; auto: numbered, a new one whenever files come after others were coded."""
    retain_until: str = ""
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
# retain_until = "2030-01-31"     # when to run: scr-llm forget

[read]
seconds = 180                   # for one file; past it, or past its memory, a file is given up and reported
megabytes = 1500
workers = 2                     # files read at once
witness = true                  # a second reader checks every page (slower)

[briefing]
headline_themes = 3             # practice themes with a section of their own
headline_min = 2                # reviews in which such a theme must be found
quotes_per_theme = 4
# leave_out = ["A. Name"]         # names that no paper prints, also not within quotes
count_recommendation_only = true   # whether a theme found only in recommendations counts (printed as "R" either way)

# A language model, if you want one. Without it the embedded rules coder is used and nothing leaves this computer.
# [llm]
# base_url = "http://127.0.0.1:11434/v1"   # an OpenAI-compatible address
# model = "qwen2.5:7b"
# api_key_env = "OPENAI_API_KEY"           # the variable that holds the key, not the key
# strategy = "auto"                        # whole, themes or judge; see docs/models.md and: scr-llm doctor --qualify
# at_once = 4                              # requests at once
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
        folder.mkdir(parents=True, exist_ok=True)
    codebook = root / ".codebook.yaml.part"
    shutil.copyfile(data_dir() / "prompts" / "codebook.yaml", codebook)
    codebook.replace(root / "codebook.yaml")
    title = (name or root.resolve().name).replace("\\", "").replace('"', "")
    part = root / ".project.toml.part"
    part.write_text(_TEMPLATE.format(name=f'"{title}"'), "utf-8")
    part.replace(root / "project.toml")
    return load_project(root)


def load_project(root: Path) -> Project:
    """Read a project's settings; SCR_LLM_BASE_URL and SCR_LLM_MODEL in the environment take their place.

    Raises:
        UsageError: names the file and the key, and what to write instead.
    """
    path = root / "project.toml"
    if not path.is_file():
        raise UsageError(f"{root} is not a project folder (it has no project.toml).", next_step=f"Make one: scr-llm init {root}")
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}.", next_step="Text belongs between quotation marks.") from error
    if not isinstance(data.get("llm", {}), dict):
        raise UsageError(f"{path.name}: llm: must be a section.", next_step="Write [llm] on a line of its own and its settings below it.")
    llm = dict(data.get("llm", {}))
    for key, variable in (("base_url", "SCR_LLM_BASE_URL"), ("model", "SCR_LLM_MODEL")):
        if os.environ.get(variable):
            llm[key] = os.environ[variable]
    if str(llm.get("base_url", "")).rstrip("/") != str(data.get("llm", {}).get("base_url", "")).rstrip("/"):
        llm |= {"region": "", "approved_by": ""}  # they hold for the address that they stand beside, and for no other
    try:
        settings = Settings.model_validate({**data, "llm": llm})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        advice = "Delete it or correct its name." if first["type"] == "extra_forbidden" else "Compare it with a new project's."
        raise UsageError(f"{path.name}: {key}: {first['msg'].lower()}.", next_step=advice) from error
    for folder in ("inbox", "outputs"):
        (root / folder).mkdir(exist_ok=True)
    return Project(root, settings)
