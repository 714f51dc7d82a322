"""The same few requests on every run, one after the other: a page can count on the counters."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen


def send_requests(base_url: str) -> None:
    for _ in range(20):
        _send(f"{base_url}/checkout", "POST")
    for order in range(4101, 4106):
        _send(f"{base_url}/orders/{order}", "GET")
    _send(f"{base_url}/wp-login.php", "GET")


def _send(url: str, method: str) -> None:
    try:
        with urlopen(Request(url, method=method), timeout=5) as response:
            response.read()
    except HTTPError as refused:
        # An answer all the same, and counted where it was given.
        refused.read()
