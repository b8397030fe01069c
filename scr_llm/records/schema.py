"""The JSON Schema of the export, as committed in docs/. `make schema` writes it; a test sees that it has not drifted."""

import json

from scr_llm.records.export import Export


def export_schema() -> str:
    """The schema as text, ending in a newline."""
    return json.dumps(Export.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(export_schema(), end="")
