"""Spans of OpenTelemetry around each call, with its attempts as events: what docs/python.md shows. Where spans go, the program's
TracerProvider says."""

import logging
from typing import Any

from opentelemetry import trace

import countersign

tracer = trace.get_tracer("shop")


class Traced(countersign.Spiff):
    def run(self, operation: str, input: Any = None, *, timeout: float | None = None) -> Any:
        # Opened before the first attempt; it notes the exception by itself.
        with tracer.start_as_current_span(f"spiff {operation}", kind=trace.SpanKind.CLIENT) as span:
            try:
                return super().run(operation, input, timeout=timeout)
            except countersign.Error as error:
                span.set_attribute("error.type", error.kind)
                if error.outcome is not None:
                    span.set_attribute("countersign.outcome", error.outcome)
                raise


class Attempts(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if attempt := getattr(record, "attempt", None):
            trace.get_current_span().add_event("attempt", {name: value for name, value in attempt.items() if value is not None})


logger = logging.getLogger("countersign")
logger.setLevel(logging.DEBUG)
logger.addHandler(Attempts())
print(Traced.from_env().current_integration()["id"])
