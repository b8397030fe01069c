"""How the project's model is asked, by its settings and measurements: where, in which way, within which budget."""

import os
import tomllib
from functools import partial
from typing import TYPE_CHECKING, Any

from scr_llm.errors import UsageError
from scr_llm.files import data_dir
from scr_llm.project import Project
from scr_llm.settings import LlmSettings

if TYPE_CHECKING:
    from scr_llm.llm import Endpoint, Spend
    from scr_llm.stages.code.llm import PromptingOptions


def endpoint_of(project: Project) -> "Endpoint":
    """Where the project's model is. A model file answers only while it is served (`coders.answering`).

    Raises:
        UsageError: none is set, or the model file cannot be used.
        FileError: the model file cannot be read.
    """
    from scr_llm.llm import Endpoint

    llm = project.settings.llm
    if not llm.is_set:
        step = "Set base_url and model, or a model file, under [llm] in project.toml, or use --coder rules."
        raise UsageError("no language model is set.", next_step=step)
    if llm.file:
        from scr_llm.llm.local import NOT_SERVED, hash_of_model

        file = project.model_file
        return Endpoint(
            NOT_SERVED,
            llm.model,
            timeout_s=llm.timeout_s,
            temperature=llm.temperature,
            max_tokens=llm.max_tokens,
            file=file.name,
            file_sha256=hash_of_model(file),
        )
    return Endpoint(
        llm.base_url,
        llm.model,
        api_key=key_in(llm.api_key_env),
        timeout_s=llm.timeout_s,
        temperature=llm.temperature,
        max_tokens=llm.max_tokens,
    )


def key_in(variable: str) -> str:
    """The key in an environment variable; empty if it is not set.

    Raises:
        UsageError: it cannot be sent in a header. The key itself is not shown.
    """
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise UsageError(
            f"the key in {variable} holds characters that no key has.",
            next_step="Copy it again, without quotation marks or line breaks.",
        )
    return key


def spend_of(llm: LlmSettings) -> "Spend":
    """Counts at the project's price for its model, within its budget.

    Raises:
        UsageError: a budget in money is set without a price.
    """
    from scr_llm.llm import Budget, Price, Spend

    price = llm.prices.get(llm.model)
    if llm.budget is not None and price is None:
        raise UsageError(
            f"a budget is set, but no price for {llm.model}.",
            next_step=f'Add [llm.prices."{llm.model}"] with input and output to project.toml, '
            "or set budget_tokens instead.",
        )
    return Spend(Price(price.input, price.output) if price else None, Budget(llm.budget, llm.budget_tokens))


def prompting_of(project: Project, model: str | None = None, strategy: str | None = None) -> "PromptingOptions":
    """How the project's model is asked: as set, else as measured in the project, else as shipped.

    An unknown model is asked one question per theme.
    """
    from scr_llm.stages.code.llm import STRATEGIES, PromptingOptions, Thresholds
    from scr_llm.text.redact import Redaction

    llm = project.settings.llm
    known = qualified(project).get(model or llm.model, {})
    asked = strategy or (llm.strategy if llm.strategy != "auto" else known.get("strategy", "themes"))
    if asked not in STRATEGIES:
        raise UsageError(
            f"[llm] strategy {asked!r} in project.toml is not known.",
            next_step=f"Choose from auto, {', '.join(STRATEGIES)}.",
        )
    listed = project.root / "redact.txt"
    names = listed.read_text("utf-8").splitlines() if listed.is_file() else []
    return PromptingOptions(
        strategy=asked,
        thresholds=Thresholds(float(known.get("keep", 0.8)), float(known.get("add", 0.8))),
        context_tokens=llm.context_tokens,
        max_tokens=llm.max_tokens,
        critic=llm.critic,
        redaction=partial(Redaction, names) if llm.redact else None,
    )


def qualified(project: Project) -> dict[str, dict[str, Any]]:
    """What was measured about models: the shipped file, overridden by the project's own.

    Raises:
        UsageError: one cannot be read.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in (data_dir() / "prompts" / "qualified.toml", project.root / "qualified.toml"):
        if path.is_file():
            try:
                found |= tomllib.loads(path.read_text("utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise UsageError(
                    f"{path} cannot be read: {error}.", next_step="Delete it and run scr-llm doctor --qualify again."
                ) from error
    return found
