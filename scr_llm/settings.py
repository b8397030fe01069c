"""The settings in project.toml: names, meanings, defaults and what is accepted."""

import re
from datetime import date
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo

from scr_llm.errors import UsageError
from scr_llm.records import PARTS, CrossCheckMode, PartName, Record
from scr_llm.text.typed import LONGEST_NAME, is_plain


def _address(text: str) -> str:
    """An endpoint's address, checked; empty for none."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(c.isspace() for c in text):
        raise ValueError("it is not an address; write one such as http://127.0.0.1:11434/v1")
    return text


def _day(value: object) -> object:
    """A day as text. TOML also has dates without quotation marks, which arrive as `date`."""
    if value == "":
        return value
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError("it is not a day; write one such as 2030-01-31") from None


def _non_empty(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty; write a name, or delete it")
    return _printable(text.strip())


def _printable(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise ValueError(f"it is longer than {LONGEST_NAME} characters")
    if not is_plain(text):
        raise ValueError("it has characters that cannot be printed")
    return text


_Address = Annotated[str, AfterValidator(_address)]
_Day = Annotated[str, BeforeValidator(_day)]
_Name = Annotated[str, AfterValidator(_non_empty)]
_Words = Annotated[str, AfterValidator(_printable)]


def _not_beside_an_address(file: str, info: ValidationInfo) -> str:
    if file and info.data.get("base_url"):
        raise ValueError(
            "base_url is set too (there, or as SCR_LLM_BASE_URL), but a model is either a file or at an address; "
            "delete one of them"
        )
    return file


_ModelFile = Annotated[str, AfterValidator(_printable), AfterValidator(_not_beside_an_address)]


def _each_once(parts: tuple[PartName, ...]) -> tuple[PartName, ...]:
    if len(set(parts)) < len(parts):
        raise ValueError("it names a part twice")
    if "method" not in parts:
        raise ValueError("it lacks method, which says how the paper was made and what was not read")
    return parts


_Parts = Annotated[tuple[PartName, ...], AfterValidator(_each_once)]


def _mode(value: object) -> object:
    """A way of cross-checking. Until there were ways to choose from, true stood for full and false for off."""
    return {True: "full", False: "off"}[value] if isinstance(value, bool) else value


_CrossCheck = Annotated[CrossCheckMode, BeforeValidator(_mode)]


class BriefingSettings(Record):
    """[briefing]: the briefing paper."""

    headline_themes: int = Field(default=3, ge=0, le=50)
    """How many practice themes get their own section."""
    headline_min: int = Field(default=2, ge=1, le=100_000)
    """In how many reviews a theme must be found to get one."""
    quotes_per_theme: int = Field(default=3, ge=0, le=100)
    """Quotes printed for a headline theme, at most."""
    parts: _Parts = PARTS
    """Which parts of the paper are printed, in this order; what is not printed is in the evidence file."""
    asked_by: _Words = ""
    """Who asked for the paper, as it begins a sentence: “The Learning and Improvement Group”."""
    asked_on: _Day = ""
    """When they asked, such as 2026-06-03."""
    author: _Words = ""
    """Name and role of the author, printed at the end."""
    contact: _Words = ""
    """How to reach the author: an address or a telephone number."""
    leave_out: tuple[_Name, ...] = ()
    """Names that no paper prints: “[name removed]” replaces each, also within quotes, after these were verified."""
    tell_inferred: bool = False
    """Whether the paper says in how many reviews a theme is implied by facts but not stated."""
    drafted_up_to: int = Field(default=200, ge=0, le=1_000_000)
    """Number of reviews up to which a run writes the draft, whose time and memory grow with them.

    On more, `scr-llm brief` or the page writes it when it is wanted.
    """
    count_recommendation_only: bool = True
    """Whether a theme counts that is found only in a review's recommendations; their number is always printed."""


class ReadSettings(Record):
    """[read]: limits on reading files."""

    seconds: float = Field(default=180.0, gt=0, le=86_400)
    """Time limit for one file."""
    megabytes: int = Field(default=1500, ge=200, le=1_000_000)
    """Memory limit of one reading process."""
    largest_megabytes: int = Field(default=500, ge=1, le=100_000)
    """Size of the largest file that is opened."""
    workers: int = Field(default=2, ge=1, le=64)
    """Files read at once."""
    cross_check: _CrossCheck = "full"
    """Which pages a second reader checks.

    full: every page. cues: those that look odd, a sample of the others, and every page that is quoted; for files on
    which it is slow. off: none. true means full, and false means off.
    """


class PriceSettings(Record):
    """What a model costs, in the currency that [llm] names."""

    input: float = Field(ge=0, allow_inf_nan=False)
    """Price of a million tokens sent."""
    output: float = Field(ge=0, allow_inf_nan=False)
    """Price of a million tokens received."""


class LlmSettings(Record):
    """[llm]: the language model, where one is used."""

    base_url: _Address = ""
    """Address of an OpenAI-compatible endpoint, up to and including /v1; empty for none."""
    file: _ModelFile = ""
    """A model file (GGUF) on this computer, instead of an address: an absolute path, or one from the project folder.

    It is served on this computer while questions are asked.
    """
    model: str = ""
    """The model's name at the endpoint; for a model file without one, the file's name without its ending."""
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key. The key itself is never stored."""
    strategy: str = "auto"
    """How the model is asked.

    auto takes what `scr-llm doctor --qualify` measured for this model, else what is shipped for it, else themes.
    """
    critic: bool = False
    """Whether the model looks a second time at each theme that it found present, and may withdraw it."""
    max_concurrency: int = Field(default=4, ge=1, le=1_000)
    """Most requests at one time, about one document or several."""
    timeout_s: float = Field(default=120.0, gt=0, le=86_400)
    """Seconds before a request is abandoned."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    """0 gives the most repeatable replies."""
    context_tokens: int = Field(default=8192, ge=1024, le=100_000_000)
    """Tokens that the model can read at once, including its reply; longer documents are sent in windows."""
    max_tokens: int = Field(default=1024, ge=16, le=1_000_000)
    """Longest reply, in tokens."""
    region: str = ""
    """Where the endpoint at `base_url` is, if it is remote. Nothing leaves this computer unless it is named."""
    approved_by: str = ""
    """Who approved sending text to `base_url`, and to no other address. Nothing leaves this computer without a name."""
    redact: bool = False
    """Whether names, contact details, dates and identifiers are replaced before sending."""
    budget: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """Most money that one run may cost; needs a price."""
    budget_tokens: int | None = Field(default=None, ge=0)
    """Most tokens, sent and received together, that one run may use."""
    currency: str = "GBP"
    """Currency of the prices and the budget."""
    prices: dict[str, PriceSettings] = {}  # noqa: RUF012
    """Prices by model name: [llm.prices."name"]."""

    @property
    def is_set(self) -> bool:
        """Whether a model is set up."""
        return bool((self.base_url or self.file) and self.model)


class McpSettings(Record):
    """[mcp]: what an assistant may read. What it reads goes to its maker."""

    allow: Literal["off", "counts", "quotes"] = "off"
    """off: nothing. counts: numbers, cells, names of reviews and files, and the codebook. quotes: quotes as well."""
    approved_by: _Words = ""
    """Who approved that. Nothing is answered without a name."""


class OtelSettings(Record):
    """[otel]: how long the steps of a run took, for those who watch over the computers. Counts and times, no text."""

    endpoint: _Address = ""
    """Address of a collector that speaks OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; empty for none."""


class EngineSettings(Record):
    """[engine]: where files are read and coded when a run is told to use Ray."""

    address: _Words = ""
    """Address of a Ray cluster; empty for a Ray on this computer that lasts as long as the run."""
    workers: int = Field(default=0, ge=0, le=100_000)
    """Documents at once; 0 for all processors of a cluster, or for as many as [read] workers on this computer."""
    region: str = ""
    """Where the cluster at `address` is. Nothing is read there unless it is named."""
    approved_by: str = ""
    """Who approved reading reviews at `address`, and at no other. Nothing is read there without a name."""


class ReviewSettings(Record):
    """[review]: who reviews and who may sign."""

    two_people: bool = True
    """Whether the person who decided most cells may sign only with a reason that the record and the paper keep."""
    second_reviewers: tuple[str, ...] = ()
    """Names of the second reviewers, who code blind."""
    roles: dict[str, str] = {}  # noqa: RUF012
    """Name to role, for names that the reverse proxy supplies."""


def _server(url: str) -> str:
    """The address of a PostgreSQL database, checked; empty for none."""
    if not url:
        return url
    wrong = "it is not an address; write one such as postgresql+psycopg://user@host/database"
    try:
        parts, query = urlsplit(url), parse_qsl(urlsplit(url).query)
        port = parts.port
    except ValueError:
        raise ValueError(wrong) from None
    if parts.password is not None or any("password" in name for name, _ in query):
        raise ValueError(
            "it holds a password, which would be in every copy of project.toml; name the environment variable that "
            "holds it, in password_env"
        )
    if parts.scheme not in ("postgresql+psycopg", "postgresql") or port == 0 or any(c.isspace() for c in url):
        raise ValueError(wrong)
    if not parts.path.strip("/"):
        raise ValueError("it lacks the name of the database, as in postgresql+psycopg://user@host/database")
    return url


def _schema(name: str) -> str:
    if name and not re.fullmatch(r"[a-z_][a-z0-9_]{0,54}", name):
        raise ValueError("it must be small letters, digits and _, beginning with a letter, 55 at most")
    if name.startswith("pg_") or name == "information_schema":
        raise ValueError("PostgreSQL keeps this name for itself")
    return name


_Server = Annotated[str, AfterValidator(_server)]
_Schema = Annotated[str, AfterValidator(_schema)]


class StoreSettings(Record):
    """[store]: where the record is kept."""

    url: _Server = ""
    """Address of a PostgreSQL database, as postgresql+psycopg://user@host/database; empty for SQLite in the folder."""
    namespace: _Schema = Field(default="", alias="schema")
    """The project's own schema in that database; empty for one named after the project."""
    password_env: str = ""
    """Name of the environment variable that holds the password. Without it, libpq looks where it always does."""
    connections: int = Field(default=20, ge=2, le=1000)
    """Most connections to the server from one process."""


def store_settings(url: str, schema: str, password_env: str) -> StoreSettings:
    """[store] from what a person typed.

    Raises:
        UsageError: something is wrong with it.
    """
    try:
        return StoreSettings.model_validate({"url": url, "schema": schema, "password_env": password_env})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        what = str(first["msg"]).removeprefix("Value error, ")
        raise UsageError(f"{first['loc'][0]}: {what}.", next_step="See docs/team.md.") from None


class Settings(Record):
    """All of project.toml."""

    name: _Words
    """The project's name."""
    organisation: _Words = "Safeguarding Partnership"
    """Who issues the paper."""
    title: _Name = "Briefing paper: analysis of Serious Case Review executive summaries"
    """The paper's title."""
    marking: _Words = "OFFICIAL"
    """Protective marking in the footer; may be empty."""
    batch: _Name = "auto"
    """Name of the batch that new files belong to.

    auto: batches are numbered, and a new one starts when files arrive after others were coded.
    """
    retain_until: _Day = ""
    """Day until which the project may be kept, such as 2030-01-31; `status` says when it has passed."""
    read: ReadSettings = ReadSettings()
    """[read]"""
    briefing: BriefingSettings = BriefingSettings()
    """[briefing]"""
    review: ReviewSettings = ReviewSettings()
    """[review]"""
    store: StoreSettings = StoreSettings()
    """[store]"""
    llm: LlmSettings = LlmSettings()
    """[llm]"""
    mcp: McpSettings = McpSettings()
    """[mcp]"""
    otel: OtelSettings = OtelSettings()
    """[otel]"""
    engine: EngineSettings = EngineSettings()
    """[engine]"""
