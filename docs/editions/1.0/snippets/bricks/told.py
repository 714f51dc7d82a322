import logging
import sys
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, disable_created_metrics, generate_latest
from shop import Order, load_order, serve
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.exceptions import HTTPException

disable_created_metrics()
ANSWERS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "http_request_duration_seconds",
    "From the question to the answer.",
    ["method", "route"],
    buckets=[0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
)

# #region logs
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
# The server's own line for each request would be a second hand in the same book.
logging.getLogger("werkzeug").setLevel(logging.WARNING)
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", key="ts"),
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
log = structlog.get_logger("checkout")
# #endregion

app = Flask(__name__)


# #region view
@app.get("/orders/<int:number>")
def show_order(number: int) -> Order:
    bind_contextvars(order=number)
    return load_order(number)
# #endregion


def route() -> str:
    """What the route was declared as: one value, whatever number is asked for."""
    return request.url_rule.rule if request.url_rule else "unmatched"


# #region hooks
@app.before_request
def begin() -> None:
    g.began = perf_counter()
    clear_contextvars()
    bind_contextvars(request_id=str(uuid4()), method=request.method, route=route())


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
        ANSWERS.labels(request.method, route(), str(response.status_code)).inc()
        SECONDS.labels(request.method, route()).observe(seconds)
        log.info("request_completed", status=response.status_code, duration_ms=round(seconds * 1000))
    return response
# #endregion


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


if __name__ == "__main__":
    serve(app)
