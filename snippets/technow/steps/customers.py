"""The same on every run, one after the other: a visitor who tries doors, and twelve orders, two of them with a coupon."""

import json
from time import sleep
from typing import TypedDict
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class Order(TypedDict):
    id: str
    items: int
    coupon: str | None


# #region coupons
def find_discount(coupon: str) -> int:
    """Percent off. WELCOME is looked up where it takes long; SPRING24 was deleted, and the code that reads it does not expect that."""
    sleep(0.9 if coupon == "WELCOME" else 0.005)
    if coupon == "SPRING24":
        raise ValueError("coupon SPRING24 has no percentage")
    return 10
# #endregion


def send_orders(base_url: str) -> None:
    for door in ("wp-login.php", ".env", "admin"):
        _send(Request(f"{base_url}/{door}"))
    coupons = {5: "WELCOME", 9: "SPRING24"}
    for number in range(1, 13):
        order = Order(id=f"o-{4100 + number}", items=1 + number % 4, coupon=coupons.get(number))
        _send(Request(f"{base_url}/checkout", data=json.dumps(order).encode(), method="POST"))


def _send(request: Request) -> None:
    try:
        with urlopen(request, timeout=5) as response:
            response.read()
    except HTTPError as refused:
        # An answer all the same, and counted where it was given.
        refused.read()
