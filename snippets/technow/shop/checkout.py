import json
import os
import signal
import time
import uuid
from select import select
from threading import Event, Thread
from typing import Any

from flask import Flask, Response, request
from opentelemetry import context, propagate
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from werkzeug.serving import make_server

from database import Database
from faults import Failure, admin, draw, faults_of, suffer, user
from peer import Peer
from telemetry import BUCKETS, PORT, VERSION, logger, provider, tracer

SETTINGS: dict[str, Any] = {
    "work": {"ms": 9, "sigma": 0.35},
    "database": {"connections": 10, "timeoutMs": 2000, "query": {"ms": 6, "sigma": 0.3}},
    "logEvery": ["POST /checkout"],
    **json.loads(os.environ.get("SETTINGS", "{}")),
}
CALLS = SETTINGS.get("calls", {})
ROUTE = {"method": "POST", "route": "/checkout"}
inventory, discount, payment = (Peer(name, CALLS.get(name)) for name in ("inventory", "discount", "payment"))
_stored = SETTINGS["database"]
database = Database("orders-db-1", _stored["connections"], _stored["timeoutMs"] / 1000, _stored["query"], ["insert_order"])
orders: dict[str, dict[str, Any]] = {}
MAX_ORDERS = 10_000

# #region metrics
requests_total = Counter("http_requests", "Requests answered.", ["method", "route", "status"])
duration = Histogram("http_request_duration_seconds", "How long a request took.", ["method", "route"], buckets=BUCKETS)
in_flight = Gauge("http_requests_in_flight", "Requests being worked on.")
orders_total = Counter("orders", "Orders, by how they ended.", ["result"])
# Known label sets begin at 0: one that comes with the first failure has no step to rate.
for _status in ("200", "500", "503"):
    requests_total.labels(**ROUTE, status=_status)
for _result in ("completed", "payment_declined", "out_of_stock", "failed"):
    orders_total.labels(_result)
duration.labels(**ROUTE)
# #endregion


# #region orders
def check_out(body: dict[str, Any]) -> dict[str, Any]:
    """However an order ends, it is counted."""
    order = {"order_id": str(uuid.uuid4()), **body}
    try:
        paid = place_order(order)
    except Failure as failure:
        orders_total.labels("out_of_stock" if failure.status == 409 else "failed").inc()
        raise
    orders_total.labels("completed" if paid else "payment_declined").inc()
    return {"order_id": order["order_id"], "paid": paid}


def place_order(order: dict[str, Any]) -> bool:
    """True when it is paid for."""
    logger.debug("order received", event_name="order_received", order=order)
    with tracer.start_as_current_span("cart.price", attributes={"cart.items": user()["cart_items"]}):
        time.sleep(draw(SETTINGS["work"]) * 0.7)
    ask(inventory, "POST /reserve", {"order_id": order["order_id"]})
    # Only these roles have a personal discount.
    if user()["role"] != "standard":
        ask(discount, "GET /quote")
    charge = ask(payment, "POST /charge", order)
    database.query("insert_order", lambda: store(order))
    time.sleep(draw(SETTINGS["work"]) * 0.3)
    return charge["status"] == "accepted"


def ask(peer: Peer, endpoint: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Whatever failed behind us, our own caller learns that it was behind us."""
    try:
        return peer.call(endpoint, body)
    except Failure as failure:
        raise Failure(503, "upstream_503") if failure.status >= 500 else failure


def store(order: dict[str, Any]) -> None:
    orders[order["order_id"]] = order
    if len(orders) > MAX_ORDERS:
        orders.pop(next(iter(orders)))
# #endregion


# #region answer
app = Flask(__name__)


@app.post("/checkout")
def answer() -> Response:
    """One request: its span, its metrics and its log line are written here, once, however it ends."""
    headers = {"baggage": request.headers.get("baggage", "")} if faults_of("headers-stripped") else dict(request.headers)
    parent = propagate.extract({name.lower(): value for name, value in headers.items()})
    token = context.attach(parent)
    with in_flight.track_inprogress(), tracer.start_as_current_span("POST /checkout", kind=SpanKind.SERVER) as span:
        started = time.perf_counter()
        status, reply, failure = settle(request.get_json(force=True))
        finish(span, time.perf_counter() - started, status, failure)
    context.detach(token)
    return Response(json.dumps(reply), status, content_type="application/json")


def settle(body: dict[str, Any]) -> tuple[int, dict[str, Any], Failure | None]:
    try:
        suffer()
        return 200, check_out(body), None
    except Failure as failure:
        return failure.status, {"error": failure.error_type}, failure if failure.status >= 500 else None
    except Exception as error:  # noqa: BLE001
        return 500, {"error": type(error).__name__}, Failure(500, type(error).__name__)


def finish(span: Span, seconds: float, status: int, failure: Failure | None) -> None:
    known = user()
    span.set_attributes({"http.request.method": "POST", "http.route": "/checkout", "http.response.status_code": status, "service.version": VERSION, "user.role": known["role"], "cart.items": known["cart_items"]})
    span.set_attributes({f"flag.{flag}": True for flag in known["flags"]})
    if failure is not None:
        span.set_attribute("error.type", failure.error_type)
        span.set_status(Status(StatusCode.ERROR))
    requests_total.labels(**ROUTE, status=str(status)).inc()
    duration.labels(**ROUTE).observe(seconds, {"trace_id": f"{span.get_span_context().trace_id:032x}"})
    for step in range(next((f["linesPerRequest"] for f in faults_of("log-level")), 0)):
        logger.debug("entering step", event_name="step", step=step + 1)
    about = {**ROUTE, "status": status, "duration_ms": round(seconds * 1000, 1), "order_id": request.get_json(force=True).get("order_id"), "tenant": known["tenant"]}
    if failure is not None:
        logger.error("request failed", event_name="request_failed", error_code=failure.error_code, error_type=failure.error_type, **about)
    elif "POST /checkout" in SETTINGS["logEvery"]:
        logger.info("request completed", event_name="request_completed", **about)
# #endregion


# #region serve
@app.get("/metrics")
def metrics() -> Response:
    """Prometheus says which formats it reads; Flask alone would call any of them text/html, which it refuses."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(REGISTRY), content_type=content_type)


@app.errorhandler(404)
@app.errorhandler(405)
def unmatched(_error: Exception) -> Response:
    requests_total.labels(request.method, "unmatched", "404").inc()
    return Response('{"error": "not_found"}', 404, content_type="application/json")


def serve() -> None:
    """Serves until SIGTERM, then ends what it has begun."""
    server = make_server("0.0.0.0", PORT, app, threaded=True)
    server.daemon_threads = False
    control = make_server(os.environ.get("ADMIN_HOST", "127.0.0.1"), PORT + 1000, admin, threaded=True)
    Thread(target=control.serve_forever, daemon=True).start()
    ending = Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    logger.info("service started", event_name="service_started", version=VERSION)
    # Werkzeug's own loop closes the socket when it ends, on whoever had just come.
    server.timeout = 0.1
    while not ending.is_set() or select([server.socket], [], [], 0)[0]:
        server.handle_request()
    logger.info("shutting down", event_name="shutdown", version=VERSION)
    server.server_close()
    provider.shutdown()


if __name__ == "__main__":
    serve()
# #endregion
