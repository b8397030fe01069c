"""The JSON Schema that an endpoint must follow, from a record."""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel


@lru_cache(maxsize=512)  # needed for every question; callers must not change it
def strict_schema(record: type[BaseModel]) -> dict[str, Any]:
    """The record's schema in the strict dialect of `response_format`: closed objects, all fields required, no defaults.

    A reference with words beside it is written out, since the dialect takes a bare `$ref` only; records must not be
    recursive. Fields keep their order, so that evidence is written before the verdict.
    """
    schema = record.model_json_schema()
    definitions: dict[str, Any] = schema.pop("$defs", {})
    strict: dict[str, Any] = _strict(schema, definitions)
    return strict


def _strict(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(n, definitions) for n in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        beside = {k: v for k, v in node.items() if k not in ("$ref", "default")}
        target = definitions[node["$ref"].rpartition("/")[2]]
        return _strict({**target, **beside}, definitions)
    done: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties":
            done[key] = {name: _strict(field, definitions) for name, field in value.items()}
        elif key in ("default", "title"):
            continue
        else:
            done[key] = _strict(value, definitions)
    if done.get("type") == "object":
        done["required"] = list(done.get("properties", {}))
        done["additionalProperties"] = False
    return done
