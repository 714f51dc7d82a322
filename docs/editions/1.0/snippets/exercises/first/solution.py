from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, disable_created_metrics, generate_latest

import work

# #region metrics
disable_created_metrics()
ANSWERS = Counter("http_requests_total", "Requests answered.", ["route"])
SECONDS = Histogram("http_request_duration_seconds", "How long.", ["route"], buckets=[0.1, 0.25, 0.5, 1])
# #endregion

app = Flask(__name__)


@app.get("/")
def home() -> str:
    return "TechNow"


@app.get("/products/<int:number>")
def product(number: int) -> str:
    return f"Product {number}"


@app.get("/search")
def search() -> str:
    work.search(request.args.get("q", ""))
    return "Found."


# #region hooks
@app.before_request
def begin() -> None:
    g.began = perf_counter()


@app.after_request
def count(response: Response) -> Response:
    if request.path != "/metrics":
        route = request.url_rule.rule if request.url_rule else "unmatched"
        ANSWERS.labels(route).inc()
        SECONDS.labels(route).observe(perf_counter() - g.began)
    return response
# #endregion


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


if __name__ == "__main__":
    work.serve(app)
