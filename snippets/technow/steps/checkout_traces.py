import os
import signal
import sys
from threading import Thread
from time import perf_counter
from typing import Any

import structlog
from customers import Order, find_discount, send_orders
from flask import Flask, Response, request
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, disable_created_metrics, generate_latest
from structlog.typing import EventDict
from werkzeug.serving import make_server

app = Flask(__name__)

# #region metrics
disable_created_metrics()
requests = Counter("http_requests", "Requests answered.", ["method", "route", "status"])
duration = Histogram(
    "http_request_duration_seconds",
    "How long a request took.",
    ["method", "route"],
    buckets=[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
)
# A counter that comes with the first failure comes as 1: nobody sees it rise.
requests.labels("POST", "/checkout", "500")
# #endregion

# #region traces
# Finished spans go to OTEL_EXPORTER_OTLP_ENDPOINT, in batches.
provider = TracerProvider(resource=Resource({"service.name": "checkout"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("checkout")
# #endregion


# #region logs
def add_span(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """The span in which a line is written."""
    span = trace.get_current_span().get_span_context()
    return {**line, "trace_id": f"{span.trace_id:032x}", "span_id": f"{span.span_id:016x}"} if span.is_valid else line


# One JSON object a line, and nothing before it.
structlog.configure(
    processors=[
        add_span,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("iso", key="ts"),
        structlog.processors.EventRenamer("msg", "event_name"),
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.PrintLoggerFactory(),
)
logger = structlog.get_logger().bind(service="checkout", instance="checkout:8080")
# #endregion


# #region work
def place_order(order: Order, log: Any) -> None:
    """What the service is for. Whose request it serves, the logger knows."""
    coupon = order["coupon"]
    if coupon is None:
        return
    with tracer.start_as_current_span("coupon.lookup", attributes={"coupon": coupon}):
        percent = find_discount(coupon)
    log.info("coupon applied", event_name="coupon_applied", coupon=coupon, percent=percent)
# #endregion


# #region answer
def answer(route: str) -> int:
    """Answers one request, and says with which status."""
    started = perf_counter()
    log = logger.bind(method=request.method, route=route)
    status = 200
    try:
        if route == "unmatched":
            status = 404
        else:
            order: Order = request.get_json(force=True)
            log = log.bind(order_id=order["id"])
            place_order(order, log)
    except Exception as error:
        status = 500
        log.error(repr(error), event_name="request_failed", error_type="internal")
    seconds = perf_counter() - started
    duration.labels(request.method, route).observe(seconds)
    requests.labels(request.method, route, str(status)).inc()
    log.info("request completed", event_name="request_completed", status=status, duration_ms=round(seconds * 1000))
    return status
# #endregion


# #region span
def traced(route: str) -> int:
    """One request, one span: it begins a trace, or continues the one that the caller's header names."""
    name = f"{request.method} {route}"
    with tracer.start_as_current_span(name, context=extract(request.headers), kind=SpanKind.SERVER) as span:
        status = answer(route)
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        return status
# #endregion


# #region server
@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@app.route("/<path:path>", methods=["GET", "POST"])
def serve(path: str) -> Response:
    route = "/checkout" if request.method == "POST" and path == "checkout" else "unmatched"
    return Response(status=traced(route))
# #endregion


if __name__ == "__main__":
    server = make_server("0.0.0.0", 8080, app, threaded=True)
    if os.environ.get("DRIVE") == "yes":
        Thread(target=send_orders, args=["http://localhost:8080"], daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve_forever()
    finally:
        # The last batch is still in memory.
        provider.shutdown()
