"""Which coder a run uses: the embedded one, or the model of the project, after the gate that nothing passes unasked."""

import os
from typing import TYPE_CHECKING

import click

from scr_llm.codebook import load_codebook
from scr_llm.errors import CoderError, UsageError
from scr_llm.pipeline import rules_identity
from scr_llm.project import Project

if TYPE_CHECKING:
    from scr_llm.stages.code import Coder


def choose_coder(project: Project, kind: str, *, yes: bool) -> "Coder":
    """The coder, ready to code. Asks before text may go to a remote model, unless `yes`.

    Raises:
        UsageError: no model is set, or it is remote and nobody approved it.
    """
    identity = rules_identity(load_codebook(project.codebook_path))
    if kind == "rules":
        from scr_llm.stages.code.rules import RulesCoder

        return RulesCoder(identity)
    from scr_llm.ledger import Ledger
    from scr_llm.llm import Client, Endpoint, is_loopback, prompts
    from scr_llm.llm.client import without_credentials
    from scr_llm.stages.code.llm import LlmCoder

    llm = project.settings.llm
    if not llm.base_url or not llm.model:
        raise UsageError("no language model is set.", next_step="Name base_url and model under [llm] in project.toml, or use --coder rules.")
    approved = bool(llm.approved_by and llm.region)
    if not is_loopback(llm.base_url) and approved and not yes:
        click.confirm(
            f"The text of the reviews will be sent to {without_credentials(llm.base_url)} ({llm.region}), approved by {llm.approved_by}. Go on?",
            abort=True, err=True,
        )  # fmt: skip
    told = prompts.load(project.prompts_dir)
    identity = identity.model_copy(
        update={"kind": "llm", "model": llm.model, "endpoint": without_credentials(llm.base_url), "prompts_sha256": prompts.sha256(told)}
    )
    endpoint = Endpoint(
        llm.base_url, llm.model, api_key=os.environ.get(llm.api_key_env, ""), timeout_s=llm.timeout_s, temperature=llm.temperature
    )
    ledger = Ledger(project, identity)
    client = Client(endpoint, remote_allowed=approved, on_send=ledger.note, memory=ledger)
    return LlmCoder(client, told, identity, window_chars=llm.max_chars)


def answers(base_url: str, model: str, api_key_env: str) -> str:
    """Whether the model's server answers; only its list of models is asked for."""
    from scr_llm.llm import Client, Endpoint

    try:
        served = Client(Endpoint(base_url, model, api_key=os.environ.get(api_key_env, ""))).models()
    except CoderError as error:
        return f"It does not answer: {error}"
    return f"It answers and serves: {', '.join(served) or 'nothing that it names'}."
