import os
from threading import Thread
from time import perf_counter

from customers import Order, find_discount, send_orders
from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, disable_created_metrics, generate_latest
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


# #region work
def place_order(order: Order) -> None:
    """What the service is for."""
    if order["coupon"] is not None:
        find_discount(order["coupon"])
# #endregion


# #region answer
def answer(route: str) -> int:
    """Answers one request, and says with which status."""
    started = perf_counter()
    status = 200
    try:
        if route == "unmatched":
            status = 404
        else:
            place_order(request.get_json(force=True))
    except Exception:
        status = 500
    duration.labels(request.method, route).observe(perf_counter() - started)
    requests.labels(request.method, route, str(status)).inc()
    return status
# #endregion


# #region server
@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@app.route("/<path:path>", methods=["GET", "POST"])
def serve(path: str) -> Response:
    route = "/checkout" if request.method == "POST" and path == "checkout" else "unmatched"
    return Response(status=answer(route))
# #endregion


if __name__ == "__main__":
    server = make_server("0.0.0.0", 8080, app, threaded=True)
    if os.environ.get("DRIVE") == "yes":
        Thread(target=send_orders, args=["http://localhost:8080"], daemon=True).start()
    server.serve_forever()
