"""What redaction finds, in words for the person who agrees to sending; bench/redaction.py writes the file."""

import json
from importlib.resources import files


def redaction_in_words() -> str:
    """How much redaction found on made-up texts, and that the rest is sent."""
    measured = json.loads(files("scr_llm.text").joinpath("redaction.json").read_text("utf-8"))
    found: dict[str, tuple[int, int]] = measured["found"]
    parts = [f"{n} of {of} {words}" for words, (n, of) in found.items() if of]
    return (
        f"Redaction misses some: in {measured['texts']} made-up texts it found {', '.join(parts[:-1])} "
        f"and {parts[-1]}. What it misses is sent, and whoever knows the story may recognise people all the same."
    )
