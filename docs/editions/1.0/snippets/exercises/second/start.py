import logging
import sys

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, disable_created_metrics, generate_latest

import work

disable_created_metrics()
ANSWERS = Counter("http_requests_total", "Orders answered.", ["status"])

# #region logs
logging.basicConfig(level=logging.INFO, stream=sys.stdout)
log = logging.getLogger("checkout")
# #endregion

app = Flask(__name__)


# #region view
@app.post("/checkout/<int:order>")
def checkout(order: int) -> Response:
    status = 200
    try:
        work.place(order)
        log.info("Order %d is placed", order)
    except Exception as error:
        status = 500
        log.error("Order %d failed: %s", order, error)
    ANSWERS.labels(str(status)).inc()
    return Response(status=status)
# #endregion


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


if __name__ == "__main__":
    work.serve(app)
