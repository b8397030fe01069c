"""The JSON Schemas in docs/, for programs that read our output.

`make schema` writes them, and a test checks that they are up to date.
"""

import json
import sys
from pathlib import Path

from scr_llm.records.agreement import Agreement
from scr_llm.records.base import Record
from scr_llm.records.explanation import Explanation
from scr_llm.records.export import Export
from scr_llm.records.fairness import Fairness

SCHEMAS: dict[str, type[Record]] = {
    "export.schema.json": Export,
    "explain.schema.json": Explanation,
    "evaluate.schema.json": Agreement,
    "fairness.schema.json": Fairness,
}
"""File in docs/ to the record that it describes."""


def schema(file: str) -> str:
    """One schema as text, ending in a newline."""
    return json.dumps(SCHEMAS[file].model_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in SCHEMAS:
        (Path(sys.argv[1]) / name).write_text(schema(name), "utf-8")
