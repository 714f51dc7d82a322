from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, disable_created_metrics, generate_latest
from shop import Order, load_order, serve

# #region metrics
disable_created_metrics()
ANSWERS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "http_request_duration_seconds",
    "From the question to the answer.",
    ["method", "route"],
    buckets=[0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
)
# #endregion

app = Flask(__name__)


@app.get("/orders/<int:number>")
def show_order(number: int) -> Order:
    return load_order(number)


# #region hooks
def route() -> str:
    """What the route was declared as: one value, whatever number is asked for."""
    return request.url_rule.rule if request.url_rule else "unmatched"


@app.before_request
def begin() -> None:
    g.began = perf_counter()


@app.after_request
def measure(response: Response) -> Response:
    if request.path != "/metrics":
        ANSWERS.labels(request.method, route(), str(response.status_code)).inc()
        SECONDS.labels(request.method, route()).observe(perf_counter() - g.began)
    return response
# #endregion


# #region page
@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
# #endregion


if __name__ == "__main__":
    serve(app)
