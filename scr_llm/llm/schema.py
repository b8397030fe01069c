"""The JSON Schema that an endpoint must follow, from a record and the numbers that a reply may name."""

from functools import lru_cache
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticKnownError

Bounds = tuple[int, int]
"""The lowest and the highest number that a reply may name."""
_LOWEST, _HIGHEST = "lowest", "highest"


def _within_bounds(number: int, info: ValidationInfo) -> int:
    lowest, highest = cast(Bounds, info.context)
    if number < lowest:
        raise PydanticKnownError("greater_than_equal", {"ge": lowest})
    if number > highest:
        raise PydanticKnownError("less_than_equal", {"le": highest})
    return number


BoundedNumber = Annotated[
    int,
    AfterValidator(_within_bounds),
    WithJsonSchema({"maximum": _HIGHEST, "minimum": _LOWEST, "type": "integer"}),
]
"""A number whose bounds each question sets: the number of a sentence that it shows.

To make a record anew for the sentences of each document takes longer than all else about a question.
"""


def bounded(schema: Any, bounds: Bounds) -> Any:
    """A schema with the bounds of one question."""
    if isinstance(schema, list):
        return [bounded(each, bounds) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("minimum") == _LOWEST:
        return {**schema, "maximum": bounds[1], "minimum": bounds[0]}
    return {key: bounded(value, bounds) for key, value in schema.items()}


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
