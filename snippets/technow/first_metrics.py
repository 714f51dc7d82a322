import os
import re
from threading import Thread
from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, disable_created_metrics, generate_latest
from werkzeug.serving import make_server

from traffic import send_requests

# #region metrics
disable_created_metrics()
requests = Counter("http_requests", "Requests answered.", ["method", "route", "status"])
duration = Histogram(
    "http_request_duration_seconds",
    "How long a request took.",
    ["method", "route"],
    buckets=[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10],
)
# Mentioned once, the series exists at 0. One that comes with the first failure has no step to rate.
requests.labels("POST", "/checkout", "500")
# #endregion


# #region route
def route_of(path: str) -> str:
    """The template, not the path: one series for all orders instead of one for each."""
    if path == "/checkout":
        return path
    return "/orders/:id" if re.fullmatch(r"/orders/\d+", path) else "unmatched"
# #endregion


# #region server
app = Flask(__name__)


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def answer(path: str) -> Response:
    return Response(status=404 if route_of(f"/{path}") == "unmatched" else 200)


@app.before_request
def start_timer() -> None:
    g.started = perf_counter()


@app.after_request
def count(response: Response) -> Response:
    if request.path != "/metrics":
        route = route_of(request.path)
        duration.labels(request.method, route).observe(perf_counter() - g.started)
        requests.labels(request.method, route, str(response.status_code)).inc()
    return response
# #endregion


if __name__ == "__main__":
    server = make_server("0.0.0.0", 8080, app, threaded=True)
    if os.environ.get("DRIVE") == "yes":
        Thread(target=send_requests, args=["http://localhost:8080"], daemon=True).start()
    server.serve_forever()
