import os
from threading import Thread

from customers import Order, find_discount, send_orders
from flask import Flask, Response, request
from werkzeug.serving import make_server

app = Flask(__name__)


# #region work
def place_order(order: Order) -> None:
    """What the service is for."""
    if order["coupon"] is not None:
        find_discount(order["coupon"])
# #endregion


# #region answer
def answer(route: str) -> int:
    """Answers one request, and says with which status."""
    status = 200
    try:
        if route == "unmatched":
            status = 404
        else:
            place_order(request.get_json(force=True))
    except Exception:
        status = 500
    return status
# #endregion


# #region server
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
