"""What the routes do, and who asks for them: the same on every run."""

from time import sleep
from urllib.error import HTTPError
from urllib.request import urlopen


# #region work
def answer(route: str) -> int:
    """Stands in for what each route does. Do not look here: in your own service you could not either."""
    sleep(0.7 if route == "/recommendations" else 0.002)
    return 404 if route == "unmatched" else 200
# #endregion


def send_visitors(base_url: str) -> None:
    """Many quick requests, a few slow ones."""
    _get(f"{base_url}/metrics")
    for visitor in range(1, 76):
        _get(f"{base_url}/products")
        _get(f"{base_url}/products/{visitor}")
        if visitor % 25 == 0:
            _get(f"{base_url}/recommendations")


def _get(url: str) -> None:
    try:
        with urlopen(url, timeout=5) as response:
            response.read()
    except HTTPError as refused:
        refused.read()
