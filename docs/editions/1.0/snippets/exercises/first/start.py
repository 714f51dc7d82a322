from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, disable_created_metrics, generate_latest

import work

# #region metrics
disable_created_metrics()
ANSWERS = Counter("http_requests_total", "Requests answered.")
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
@app.after_request
def count(response: Response) -> Response:
    if request.path != "/metrics":
        ANSWERS.inc()
    return response
# #endregion


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


if __name__ == "__main__":
    work.serve(app)
