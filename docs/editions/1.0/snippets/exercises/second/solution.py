import logging
import sys

import structlog
from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, disable_created_metrics, generate_latest

import work

disable_created_metrics()
ANSWERS = Counter("http_requests_total", "Orders answered.", ["status"])

# #region logs
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
structlog.configure(
    processors=[structlog.stdlib.add_log_level, structlog.processors.JSONRenderer()],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
log = structlog.get_logger("checkout")
# #endregion

app = Flask(__name__)


# #region view
@app.post("/checkout/<int:order>")
def checkout(order: int) -> Response:
    status = 200
    try:
        work.place(order)
        log.info("order_placed", order=order)
    except Exception as error:
        status = 500
        log.error("order_failed", order=order, error_type=type(error).__name__, reason=str(error))
    ANSWERS.labels(str(status)).inc()
    return Response(status=status)
# #endregion


@app.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


if __name__ == "__main__":
    work.serve(app)
