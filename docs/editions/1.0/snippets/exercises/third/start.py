from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flask import Flask, Response
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import CONTENT_TYPE_LATEST, Counter, disable_created_metrics, generate_latest

import work

disable_created_metrics()
QUOTES = Counter("quotes_total", "Quotes that discount was asked for.", ["result"])

# #region checkout
checkout = Flask("checkout")
tracer = work.provide("checkout").get_tracer("checkout")


@checkout.post("/checkout/<int:order>")
def place(order: int) -> Response:
    with tracer.start_as_current_span("POST /checkout", kind=SpanKind.SERVER) as span:
        try:
            ask_discount(order)
            return Response(status=200)
        except HTTPError:
            span.set_attribute("http.response.status_code", 500)
            span.set_status(StatusCode.ERROR)
            return Response(status=500)


def ask_discount(order: int) -> None:
    with tracer.start_as_current_span("discount GET /quote", kind=SpanKind.CLIENT):
        with urlopen(Request(f"http://127.0.0.1:8081/quote/{order}"), timeout=2) as answer:
            answer.read()
# #endregion


# #region discount
discount = Flask("discount")
discount_tracer = work.provide("discount").get_tracer("discount")


@discount.get("/quote/<int:order>")
def quote(order: int) -> Response:
    with discount_tracer.start_as_current_span("GET /quote", kind=SpanKind.SERVER) as span:
        try:
            percent = work.price(order)
        except work.PriceMissing as error:
            QUOTES.labels("failed").inc()
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            return Response(status=500)
        QUOTES.labels("given").inc()
        return Response(str(percent))
# #endregion


@checkout.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


if __name__ == "__main__":
    work.serve(checkout, discount)
