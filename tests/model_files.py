"""The model file of the live tests."""

import importlib.util
import os
from pathlib import Path

import pytest

LAB = Path(os.environ.get("SCR_LLM_LAB", Path.home() / ".cache/scr-llm-lab"))


def model_file() -> Path:
    """The file that SCR_LLM_MODEL_FILE names, or else one that is there already, smallest first; or the test skips."""
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip('SKIPPED: xllamacpp is not installed; it comes with: pip install "scr-llm[local]"')
    named = os.environ.get("SCR_LLM_MODEL_FILE")
    for file in [Path(named)] if named else [LAB / "smollm.gguf", LAB / "qwen.gguf"]:
        if file.is_file():
            return file.resolve()
    pytest.skip("SKIPPED: there is no model file on this machine, and none was named in SCR_LLM_MODEL_FILE.")
