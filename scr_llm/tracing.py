"""Spans for OpenTelemetry: how long the steps of a run take, and how much they handle. Never what a text says.

A span has a name from a fixed list, numbers, and at most the hash of a document's id; there is no way to give it words.
Nothing is traced unless `traced` is told where to. The tracer is our own, so that nothing else in the process writes to
it.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from scr_llm.errors import MissingExtraError
from scr_llm.version import __version__

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

SpanName = Literal["run", "read", "code", "ground", "ask"]
"""run: a whole run. read: the wait for a file's text, while others are read beside it. code, ground: proposing a
document's coding, and finding its quotes. ask: one question to a model."""
Note = Callable[..., None]
"""Notes numbers with a span: `note(pages=12)`."""

_TIMEOUT = 5
"""Seconds to wait for the collector: a run does not wait longer, nor fail, where it does not answer."""


class _Tracing:
    """Where spans go in this process."""

    tracer: Any = None
    run: Any = None
    """The span of the run, to which the spans of its threads belong."""


def _nothing(**_numbers: int | float) -> None:
    """Note nothing."""


@contextmanager
def span(name: SpanName, document_id: str | None = None, **numbers: int | float) -> Iterator[Note]:
    """Time a step. Does nothing where nothing is traced.

    Args:
        name: of the step.
        document_id: the document that it is about; only a hash of it is written.
        numbers: how much it handles.

    Yields:
        A function that notes more numbers.
    """
    tracer = _Tracing.tracer
    if tracer is None:
        yield _nothing
        return
    from opentelemetry import trace

    parent = None
    if _Tracing.run is not None and not trace.get_current_span().get_span_context().is_valid:
        parent = trace.set_span_in_context(_Tracing.run)  # the context does not follow into threads by itself
    # What an exception says may be a text of a review: only that there was one is noted.
    with tracer.start_as_current_span(
        f"scr_llm.{name}", context=parent, record_exception=False, set_status_on_exception=False
    ) as current:

        def note(**more: int | float) -> None:
            for key, value in more.items():
                current.set_attribute(f"scr_llm.{key}", _number(value))

        if document_id is not None:
            current.set_attribute("scr_llm.document", hashlib.sha256(document_id.encode()).hexdigest()[:16])
        note(**numbers)
        if name == "run":
            _Tracing.run = current
        try:
            yield note
        except BaseException:
            note(failed=1)
            raise
        finally:
            if name == "run":
                _Tracing.run = None


def _number(value: int | float) -> int | float:
    if not isinstance(value, int | float):
        raise TypeError("a span holds numbers only")
    return value


@contextmanager
def traced(endpoint: str) -> Iterator[None]:
    """Trace what is done in a block, and send the spans to a collector that speaks OTLP over HTTP.

    Args:
        endpoint: its address, such as http://127.0.0.1:4318/v1/traces; empty for no tracing.

    Raises:
        MissingExtraError: the package for this is not installed.
    """
    if not endpoint or _Tracing.tracer is not None:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise MissingExtraError("tracing ([otel]) needs OpenTelemetry", "otel") from error
    with traced_by(OTLPSpanExporter(endpoint=endpoint, timeout=_TIMEOUT)):
        yield


@contextmanager
def traced_by(exporter: "SpanExporter") -> Iterator[None]:
    """As `traced`, with an exporter of one's own."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    about = Resource({"service.name": "scr-llm", "service.version": __version__})
    provider = TracerProvider(resource=about, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _Tracing.tracer = provider.get_tracer("scr_llm", __version__)
    try:
        yield
    finally:
        _Tracing.tracer = None
        provider.shutdown()
