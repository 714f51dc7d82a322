import os
import re
from threading import Thread

from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, disable_created_metrics, generate_latest
from werkzeug.serving import make_server

from traffic import answer, send_visitors

# #region metrics
disable_created_metrics()
requests = Counter("http_requests", "Requests answered.", ["method", "route", "status"])
# #endregion


def route_of(path: str) -> str:
    """The template, not the path: one series for all products instead of one for each."""
    if path in ("/products", "/recommendations"):
        return path
    return "/products/:id" if re.fullmatch(r"/products/\d+", path) else "unmatched"


# #region server
app = Flask(__name__)


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@app.get("/<path:path>")
def serve(path: str) -> Response:
    route = route_of(f"/{path}")
    status = answer(route)
    requests.labels(request.method, route, str(status)).inc()
    return Response(status=status)
# #endregion


if __name__ == "__main__":
    server = make_server("0.0.0.0", 8080, app, threaded=True)
    if os.environ.get("DRIVE") == "yes":
        Thread(target=send_visitors, args=["http://localhost:8080"], daemon=True).start()
    server.serve_forever()
