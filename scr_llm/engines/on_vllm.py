"""A batch of questions answered by vLLM inside Ray Data, on as many GPUs as a cluster has.

It takes the file that `scr-llm batch write` makes, and gives lines as `scr-llm batch read` takes them; no project is
needed where the GPUs are. On one computer vLLM's own runner does the same: `vllm run-batch`.
"""

import importlib.util
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scr_llm.engines.on_ray import connected
from scr_llm.errors import StopError, UsageError
from scr_llm.files import named_errors

_ROWS_AT_ONCE = 64
"""Questions that an engine is handed together."""
_ERROR = "__inference_error__"
"""Ray's column for why a row was not answered."""


def answer(
    questions: Path,
    results: Path,
    model: str,
    *,
    address: str = "",
    engines: int = 1,
    settings: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Answer the questions of a batch, each result written as it comes. Returns how many were answered now.

    A question with a result in the file already is not asked again, so that an interrupted batch goes on.

    Args:
        questions: the file of the batch, which all computers of the cluster see under the same path.
        results: where the results are added.
        model: what vLLM serves: a folder with a model, which all of them see too, or a name that it can fetch.
        address: of a cluster; empty, or `local`, for this computer.
        engines: copies of the model that answer side by side, at most.
        settings: given to vLLM's engine, such as `tensor_parallel_size`.
        progress: called with the number of results so far.

    Raises:
        UsageError: Ray or vLLM is not installed.
        StopError: the cluster does not answer, or vLLM failed.
    """
    if importlib.util.find_spec("vllm") is None:
        raise UsageError(
            "answering a batch here needs vLLM, which is not installed.",
            next_step='Where the GPUs are: pip install "scr-llm[ray]" "ray[llm]"; '
            "or answer it on one computer: vllm run-batch.",
        )
    with (
        connected("" if address == "local" else address, os.cpu_count() or 1),
        named_errors(),
        results.open("a", encoding="utf-8") as out,
    ):
        count = 0
        for line in _answered(questions, _keys_in(results), model, engines, settings or {}):
            out.write(line + "\n")
            out.flush()
            progress(count := count + 1)
        return count


def _answered(
    questions: Path, done: frozenset[str], model: str, engines: int, settings: Mapping[str, Any]
) -> Iterator[str]:
    from ray.data import read_text
    from ray.data.llm import build_processor
    from ray.exceptions import RayError

    lines = read_text(str(questions.absolute())).filter(lambda row: json.loads(row["text"])["custom_id"] not in done)
    processor = build_processor(config(model, engines, settings), preprocess=row_of, postprocess=result_of)
    try:
        for row in processor(lines).iter_rows():
            # A row that was not answered skips the last step; Ray hands it on with what it had.
            yield row["result"] if row.get("result") else failed(row)
    except RayError as error:
        raise StopError(
            f"vLLM stopped: {str(error).splitlines()[0][:300]}.", next_step="Run it again to go on."
        ) from error


def config(model: str, engines: int, settings: Mapping[str, Any]) -> Any:
    """How Ray is to run vLLM."""
    from ray.data.llm import vLLMEngineProcessorConfig

    return vLLMEngineProcessorConfig(
        model_source=model,
        engine_kwargs={"enable_prefix_caching": True, **settings},
        concurrency=engines,
        batch_size=_ROWS_AT_ONCE,
        should_continue_on_error=True,
        log_engine_metrics=False,
    )


def row_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the batch as vLLM takes it. All rows have the same keys, since they become columns."""
    line = json.loads(row["text"])
    body = line["body"]
    limit = int(body.get("max_tokens") or body.get("max_completion_tokens") or 1024)
    wanted = body.get("response_format", {}).get("json_schema", {}).get("schema")
    return {
        "custom_id": line["custom_id"],
        "limit": limit,
        "messages": [{"role": m["role"], "content": m["content"]} for m in body["messages"]],
        "sampling_params": {
            "temperature": float(body.get("temperature", 0.0)),
            "max_tokens": limit,
            "logprobs": int(body.get("top_logprobs", 0)) or None,
            # As text: a schema of nested objects would become columns, filled up with those of other schemas.
            "structured_outputs": {"json": json.dumps(wanted, ensure_ascii=False)} if wanted else None,
        },
    }


def result_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of vLLM as a line of batch results. vLLM says no reason for the end: at the limit it was cut off."""
    written, logprobs = int(row["num_generated_tokens"]), row.get("logprobs")
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": str(row["generated_text"])},
        "finish_reason": "length" if written >= int(row["limit"]) else "stop",
        "logprobs": {"content": [_first_word(logprobs[0])]} if logprobs is not None and len(logprobs) else None,
    }
    usage = {"prompt_tokens": int(row["num_input_tokens"]), "completion_tokens": written}
    body = {"object": "chat.completion", "choices": [choice], "usage": usage}
    return {"result": _line(str(row["custom_id"]), 200, body, None)}


def failed(row: Mapping[str, Any]) -> str:
    """The line of a question that was not answered, with the reason."""
    return _line(str(row.get("custom_id", "")), 500, None, str(row.get(_ERROR) or "no answer")[:300])


def _line(custom_id: str, status: int, body: Mapping[str, Any] | None, error: str | None) -> str:
    response = {"status_code": status, "body": body}
    return json.dumps({"custom_id": custom_id, "response": response, "error": error}, ensure_ascii=False)


def _first_word(chances: Mapping[Any, Any]) -> dict[str, Any]:
    """The words that an answer could have begun with; a column of other rows' words has nothing for this one."""
    words: list[dict[str, Any]] = [
        {"token": str(c["decoded_token"]), "logprob": float(c["logprob"])} for c in chances.values() if c is not None
    ]
    return {"token": "", "top_logprobs": sorted(words, key=lambda w: (-w["logprob"], w["token"]))}


def _keys_in(results: Path) -> frozenset[str]:
    """The questions that were answered before. One that failed is asked again, and so is one whose line was cut off."""
    if not results.exists():
        return frozenset()
    found = set()
    for line in results.read_text("utf-8").split("\n"):
        try:
            given = json.loads(line)
            if given["response"]["status_code"] == 200:
                found.add(str(given["custom_id"]))
        except (ValueError, KeyError, TypeError):
            continue
    return frozenset(found)
