"""Two servers, what discount does, and the customers: the same on every run."""

import logging
import os
import signal
import sys
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flask import Flask
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from werkzeug.serving import make_server

providers: list[TracerProvider] = []


class PriceMissing(Exception):
    pass


# #region work
def price(order: int) -> int:
    """Every sixth order holds a product that lost its price in last night's import."""
    if order % 6 == 5:
        raise PriceMissing("no price in the catalogue")
    return 10
# #endregion


def provide(service: str) -> TracerProvider:
    """Spans of a service go to Jaeger under its name."""
    provider = TracerProvider(resource=Resource({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    providers.append(provider)
    return provider


def serve(checkout: Flask, discount: Flask) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    behind = make_server("127.0.0.1", 8081, discount, threaded=True)
    Thread(target=behind.serve_forever, daemon=True).start()
    front = make_server("0.0.0.0", 8080, checkout, threaded=True)
    if os.environ.get("DRIVE") == "yes":
        Thread(target=_buy, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        front.serve_forever()
    finally:
        for provider in providers:
            provider.shutdown()


def _buy() -> None:
    for order in range(24):
        try:
            with urlopen(Request(f"http://localhost:8080/checkout/{order}", method="POST"), timeout=5) as answer:
                answer.read()
        except HTTPError as refused:
            refused.read()
