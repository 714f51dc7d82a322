import logging
import sys
from contextlib import ExitStack
from time import perf_counter
from typing import Any

import structlog
from flask import Flask, Response, g, request
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, disable_created_metrics, generate_latest
from shop import Order, load_order, serve
from structlog.contextvars import bind_contextvars, clear_contextvars
from structlog.typing import EventDict
from werkzeug.exceptions import HTTPException

disable_created_metrics()
ANSWERS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "http_request_duration_seconds",
    "From the question to the answer.",
    ["method", "route"],
    buckets=[0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
)

# #region traces
provider = TracerProvider(resource=Resource({"service.name": "checkout"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("checkout")
# #endregion


# #region id
def add_trace_id(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Which span is active where the line is written; nothing where none is."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"] = f"{span.trace_id:032x}"
    return line
# #endregion


logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
# The server's own line for each request would be a second hand in the same book.
logging.getLogger("werkzeug").setLevel(logging.WARNING)
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        add_trace_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", key="ts"),
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
log = structlog.get_logger("checkout")

app = Flask(__name__)


# #region view
@app.get("/orders/<int:number>")
def show_order(number: int) -> Order:
    bind_contextvars(order=number)
    with tracer.start_as_current_span("order.load", attributes={"order.number": number}):
        return load_order(number)
# #endregion


def route() -> str:
    """What the route was declared as: one value, whatever number is asked for."""
    return request.url_rule.rule if request.url_rule else "unmatched"


# #region span
@app.before_request
def begin() -> None:
    g.began = perf_counter()
    g.open = ExitStack()
    clear_contextvars()
    bind_contextvars(method=request.method, route=route())
    if request.path != "/metrics":
        g.open.enter_context(tracer.start_as_current_span(f"{request.method} {route()}", context=extract(request.headers), kind=SpanKind.SERVER))


@app.teardown_request
def end(_error: BaseException | None) -> None:
    g.open.close()
# #endregion


@app.errorhandler(Exception)
def explain(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException):
        return error
    log.error("request_failed", error_type=type(error).__name__, reason=str(error))
    return Response(status=500)


@app.after_request
def measure(response: Response) -> Response:
    if request.path != "/metrics":
        seconds = perf_counter() - g.began
        span = trace.get_current_span()
        span.set_attribute("http.response.status_code", response.status_code)
        if response.status_code >= 500:
            span.set_status(StatusCode.ERROR)
        ANSWERS.labels(request.method, route(), str(response.status_code)).inc()
        SECONDS.labels(request.method, route()).observe(seconds)
        log.info("request_completed", status=response.status_code, duration_ms=round(seconds * 1000))
    return response


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


if __name__ == "__main__":
    try:
        serve(app)
    finally:
        # The last batch is still in memory.
        provider.shutdown()
