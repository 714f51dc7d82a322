"""What an order does, and sixty of them: the same on every run."""

import logging
import os
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flask import Flask
from werkzeug.serving import make_server


class CardExpired(Exception):
    pass


class GatewayTimeout(Exception):
    pass


class StockMissing(Exception):
    pass


# #region work
def place(order: int) -> None:
    """Raises what stands in the way of this order."""
    if order % 10 == 3:
        raise GatewayTimeout("the bank did not answer")
    if order % 20 == 7:
        raise StockMissing("the last one was sold")
    if order in (25, 55):
        raise CardExpired("valid until last month")
# #endregion


def serve(app: Flask) -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("0.0.0.0", 8080, app, threaded=True)
    if os.environ.get("DRIVE") == "yes":
        Thread(target=_buy, daemon=True).start()
    server.serve_forever()


def _buy() -> None:
    for order in range(1, 61):
        try:
            with urlopen(Request(f"http://localhost:8080/checkout/{order}", method="POST"), timeout=5) as answer:
                answer.read()
        except HTTPError as refused:
            refused.read()
