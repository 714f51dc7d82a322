"""What the routes do, and the load test: the same on every run."""

import os
from threading import Thread
from time import sleep
from urllib.parse import quote
from urllib.request import urlopen

from flask import Flask
from werkzeug.serving import make_server


# #region work
def search(words: str) -> None:
    """One word is looked up, more of them are compared with every product."""
    sleep(0.4 if " " in words else 0.002)
# #endregion


def serve(app: Flask) -> None:
    server = make_server("0.0.0.0", 8080, app, threaded=True)
    if os.environ.get("DRIVE") == "yes":
        Thread(target=_load, daemon=True).start()
    server.serve_forever()


def _load() -> None:
    for visitor in range(40):
        _get("")
        if visitor % 2 == 0:
            _get(f"products/{visitor}")
            _get(f"search?q={quote('green lamp' if visitor % 8 == 0 else 'lamp')}")


def _get(path: str) -> None:
    with urlopen(f"http://localhost:8080/{path}", timeout=5) as answer:
        answer.read()
