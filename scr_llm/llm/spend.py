"""What asking a model costs: estimated before, counted after, and stopped at a budget."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from scr_llm.errors import StopError

FEW_CHARS, MANY_CHARS = 3.2, 5.5
"""Fewest and most characters per token of English prose with numbered sentences.

Measured with the tokenizers of Qwen 2.5 and SmolLM2 on the fixtures: 3.9 to 4.6. A prompt is assumed to have at most
`chars / FEW_CHARS` tokens; a server that counts fewer than `chars / MANY_CHARS` has not read all of it.
"""


def at_most_tokens(chars: int) -> int:
    """The most tokens that so many characters can take."""
    return int(chars / FEW_CHARS) + 1


def was_cut(chars: int, counted: int | None) -> bool:
    """Whether a server that counted so many tokens cannot have read so many characters."""
    return counted is not None and chars > 4_000 and counted < chars / MANY_CHARS


@dataclass(frozen=True)
class Price:
    """What a model costs."""

    input: float = 0.0
    """Money for a million tokens sent."""
    output: float = 0.0
    """Money for a million tokens received."""

    def of(self, prompt_tokens: float, completion_tokens: float) -> float:
        """Money for so many tokens."""
        return (prompt_tokens * self.input + completion_tokens * self.output) / 1e6


@dataclass(frozen=True)
class Budget:
    """What a run may cost; None for no limit."""

    money: float | None = None
    """In the price table's currency."""
    tokens: int | None = None
    """Sent and received together."""


class Spend:
    """Counts what is asked, and refuses a question that could exceed the budget. Safe to share between threads."""

    def __init__(self, price: Price | None = None, budget: Budget | None = None) -> None:
        self._price, self._budget = price, budget or Budget()
        self._lock = threading.Lock()
        self._held_money, self._held_tokens = 0.0, 0
        self.asked = 0
        """Questions that were sent."""
        self.kept = 0
        """Questions that were answered from memory, at no cost."""
        self.prompt_tokens = 0
        """Tokens sent; estimated where the endpoint does not count."""
        self.completion_tokens = 0
        """Tokens received."""
        self.largest = 0
        """Most tokens that one question took."""

    @property
    def price(self) -> Price | None:
        """What the model costs, where that is known."""
        return self._price

    @property
    def money(self) -> float | None:
        """The cost so far; None without a price."""
        return self._price.of(self.prompt_tokens, self.completion_tokens) if self._price else None

    def hold(self, prompt_tokens: int, completion_tokens: int) -> tuple[float, int]:
        """Set aside the most that a question can cost; give it back with `count` or `release`.

        Raises:
            StopError: it could exceed the budget.
        """
        with self._lock:
            money = self._price.of(prompt_tokens, completion_tokens) if self._price else 0.0
            tokens = prompt_tokens + completion_tokens
            spent = (self.money or 0.0) + self._held_money + money
            used = self.prompt_tokens + self.completion_tokens + self._held_tokens + tokens
            if self._budget.money is not None and spent > self._budget.money:
                raise _used_up(f"{self._budget.money:.2f}", f"{self.money or 0.0:.2f}")
            if self._budget.tokens is not None and used > self._budget.tokens:
                raise _used_up(
                    f"{self._budget.tokens:,} tokens", f"{self.prompt_tokens + self.completion_tokens:,} tokens"
                )
            self._held_money, self._held_tokens = self._held_money + money, self._held_tokens + tokens
            return money, tokens

    def release(self, held: tuple[float, int]) -> None:
        """Give back what was set aside."""
        with self._lock:
            self._held_money, self._held_tokens = self._held_money - held[0], self._held_tokens - held[1]

    def count(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Count one answered request."""
        with self._lock:
            self.asked += 1
            self.prompt_tokens += prompt_tokens
            self.completion_tokens += completion_tokens
            self.largest = max(self.largest, prompt_tokens + completion_tokens)

    def remembered(self) -> None:
        """Count one question that needed no request."""
        with self._lock:
            self.kept += 1


def _used_up(budget: str, spent: str) -> StopError:
    return StopError(
        f"the next question could go over the budget of {budget} ({spent} so far).",
        next_step="Finished work is kept. To go on, raise [llm] budget or budget_tokens in project.toml and run again.",
    )
