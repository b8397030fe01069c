"""The questions of a batch as rows for vLLM on Ray, and its answers read like those of any batch."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_engine import REVIEWS, ROOT, made, on_ray, scr

from scr_llm.engines.on_vllm import failed, result_of, row_of
from scr_llm.llm.fake import MODEL, answers


def questions(tmp_path: Path) -> tuple[Path, Path]:
    """A project of one review, and its questions as a batch: for all themes at once, and yes or no."""
    settings = f'\n[llm]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "{MODEL}"\ncontext_tokens = 32768\n'
    root = made(tmp_path, REVIEWS[:1], settings + 'strategy = "judge"\n')
    assert scr("batch", "write", "questions.jsonl", cwd=root).returncode == 0
    text = (root / "project.toml").read_text()
    (root / "project.toml").write_text(text.replace('strategy = "judge"', 'strategy = "whole"'))
    assert scr("batch", "write", "more.jsonl", cwd=root).returncode == 0
    lines = [*(root / "more.jsonl").read_text().splitlines(), *(root / "questions.jsonl").read_text().splitlines()[:5]]
    (root / "questions.jsonl").write_text("\n".join(lines) + "\n")
    return root, root / "questions.jsonl"


def as_vllm(row: dict[str, Any]) -> dict[str, Any]:
    """What vLLM adds to a row, with the words that a model could have said: a stand-in for the GPUs only."""
    wanted = row["sampling_params"]
    asked: dict[str, Any] = {"messages": [dict(m) for m in row["messages"]], "model": MODEL}
    if wanted["structured_outputs"]:
        schema = json.loads(wanted["structured_outputs"]["json"])
        asked["response_format"] = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    if wanted["logprobs"]:
        asked |= {"logprobs": True, "top_logprobs": 10, "max_tokens": 1}
    choice = json.loads(answers(asked).body)["choices"][0]
    said = choice["message"]["content"]
    chances = (choice.get("logprobs") or {"content": [{"top_logprobs": []}]})["content"][0]["top_logprobs"]
    logprobs = [{n: {"logprob": c["logprob"], "rank": n, "decoded_token": c["token"]} for n, c in enumerate(chances)}]
    tokens = {"num_input_tokens": 9_000, "num_generated_tokens": 1 if wanted["logprobs"] else 20}
    return {**row, **tokens, "generated_text": said, "logprobs": logprobs if chances else None}


def taken_in(root: Path, results: list[str]) -> str:
    (root / "results.jsonl").write_text("\n".join(results))
    return scr("batch", "read", "results.jsonl", cwd=root).stderr


@pytest.mark.slow
def test_the_answers_of_vllm_are_read_like_any_batch(tmp_path: Path) -> None:
    root, batch = questions(tmp_path)
    rows = [row_of({"text": line}) for line in batch.read_text().splitlines()]
    results = [str(result_of(as_vllm(row))["result"]) for row in rows]
    said = taken_in(root, [*results[:2], failed({"custom_id": rows[2]["custom_id"], "__inference_error__": "lost"})])
    assert said.startswith("2 replies kept, 1 questions without a usable reply") and "lost" in said


@on_ray
def test_rows_of_questions_go_through_ray_and_back(tmp_path: Path) -> None:
    """All but vLLM itself: rows become columns on their way, and must come back as they were."""
    root, batch = questions(tmp_path)
    script = (
        "import sys\n"
        "from test_engine_vllm import as_vllm, connected_here, result_of, row_of\n"
        "if __name__ == '__main__':\n"
        "    connected_here(sys.argv[1])\n"
    )
    (tmp_path / "rows.py").write_text(script)
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    ran = subprocess.run(
        [sys.executable, "rows.py", batch],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    results = sorted(ran.stdout.splitlines())
    straight = [str(result_of(as_vllm(row_of({"text": line})))["result"]) for line in batch.read_text().splitlines()]
    assert results == sorted(straight), ran.stderr
    assert taken_in(root, results).startswith("3 replies kept")


def connected_here(batch: str) -> None:
    from scr_llm.engines.on_ray import connected

    with connected("", 2):
        import ray

        lines = ray.data.read_text(batch)
        for row in lines.map(row_of).map(as_vllm).map(result_of).iter_rows():
            print(row["result"])


@on_ray
def test_ray_accepts_how_vllm_is_to_be_run() -> None:
    pytest.importorskip("aiohttp", reason='ray.data.llm needs the extra: pip install "ray[llm]"')
    from scr_llm.engines.on_vllm import config

    made = config("a-model", 2, {"tensor_parallel_size": 4, "max_model_len": 32768})
    assert made.should_continue_on_error and made.concurrency == 2
    assert made.engine_kwargs["tensor_parallel_size"] == 4
