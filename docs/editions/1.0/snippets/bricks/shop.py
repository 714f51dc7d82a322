"""What the order page does, who looks at it, and the server beneath: the same on every run."""

import os
import signal
import sys
from threading import Thread
from time import sleep
from typing import TypedDict
from urllib.error import HTTPError
from urllib.request import urlopen

from flask import Flask
from werkzeug.serving import make_server


class Order(TypedDict):
    number: int
    cents: int


# #region work
def load_order(number: int) -> Order:
    """Order 7 lies in the archive. Order 13 was stored without a price, and nobody thought of that."""
    sleep(1.4 if number == 7 else 0.003)
    if number == 13:
        raise LookupError("order 13 has no price")
    return Order(number=number, cents=1900 + 100 * number)
# #endregion


def serve(app: Flask) -> None:
    server = make_server("0.0.0.0", 8080, app, threaded=True)
    if os.environ.get("DRIVE") == "yes":
        Thread(target=_look_around, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()


def _look_around() -> None:
    """Three addresses that somebody guessed, then fifteen orders, one after the other."""
    for path in ("admin.php", "backup.zip", "login.bak", *(f"orders/{number}" for number in range(1, 16))):
        try:
            with urlopen(f"http://localhost:8080/{path}", timeout=5) as answer:
                answer.read()
        except HTTPError as refused:
            refused.read()
