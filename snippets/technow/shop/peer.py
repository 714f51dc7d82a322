import os
import time
from itertools import count
from typing import Any

import requests
from opentelemetry import propagate
from opentelemetry.trace import SpanKind, Status, StatusCode
from prometheus_client import Histogram

from faults import Failure
from telemetry import BUCKETS, logger, tracer

SLOW_CALL_MS = 1000
DEFAULT_POLICY = {"timeoutMs": 10_000, "attempts": 1, "backoffMs": 0}
PORTS = {"inventory": 8082, "payment": 8083, "discount": 8084}

_duration = Histogram("outbound_request_duration_seconds", "How long another service took to answer us.", ["peer"], buckets=BUCKETS)


class Peer:
    """Another service, as this one calls it."""

    def __init__(self, name: str, policy: dict[str, Any] | None) -> None:
        self._name, self._policy, self._turn = name, policy or DEFAULT_POLICY, count()
        self._urls = os.environ.get(f"{name.upper()}_URLS", f"http://localhost:{PORTS[name]}").split(",")
        _duration.labels(name)

    # #region call
    def call(self, endpoint: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Asks, and asks again as often as the policy allows."""
        first = next(self._turn)
        for attempt in count(1):
            # In turn; who asks again asks somebody else.
            url = self._urls[(first + attempt - 1) % len(self._urls)]
            try:
                return self._attempt(url, endpoint, body, attempt)
            except Failure as failure:
                # Nobody was there, so nothing was done: the next instance may be asked without charging anybody twice.
                harmless = failure.error_type == "connection_refused" and attempt < 2
                if failure.status < 500:
                    raise
                if not harmless and attempt >= self._policy["attempts"]:
                    about = {"peer": self._name, **_labels(endpoint), "attempts": attempt, "error_type": failure.error_type}
                    # Where nobody asked for patience, the line of the failed request has to do.
                    if self._policy is not DEFAULT_POLICY:
                        logger.error(f"call to {self._name} failed", event_name=f"{self._name}_call_failed", **about)
                    raise
                time.sleep(self._policy["backoffMs"] / 1000)
        raise AssertionError

    def _attempt(self, url: str, endpoint: str, body: dict[str, Any] | None, attempt: int) -> dict[str, Any]:
        """One call. The span covers the wait, the headers carry trace and user over."""
        attributes = {"server.address": self._name, **({"http.request.resend_count": attempt - 1} if attempt > 1 else {})}
        with tracer.start_as_current_span(f"{self._name} {endpoint}", kind=SpanKind.CLIENT, attributes=attributes, record_exception=False, set_status_on_exception=False) as span:
            started = time.perf_counter()
            try:
                status, answer = self._exchange(url, endpoint, body)
                span.set_attribute("http.response.status_code", status)
                if status >= 400:
                    raise Failure(status, str(answer.get("error", status)))
                return answer
            except Failure as failure:
                if failure.status >= 500:
                    span.set_attribute("error.type", failure.error_type)
                    span.set_status(Status(StatusCode.ERROR))
                raise
            finally:
                self._record(endpoint, (time.perf_counter() - started) * 1000)
    # #endregion

    def _exchange(self, url: str, endpoint: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        method, route = endpoint.split(" ")
        headers: dict[str, str] = {}
        propagate.inject(headers)
        try:
            response = requests.request(method, url + route, headers=headers, json=body, timeout=self._policy["timeoutMs"] / 1000)
            return response.status_code, response.json()
        except requests.Timeout as error:
            raise Failure(504, "timeout") from error
        except requests.ConnectionError as error:
            raise Failure(503, "connection_refused" if "refused" in str(error) or "resolve" in str(error) else "connection_reset") from error

    def _record(self, endpoint: str, ms: float) -> None:
        _duration.labels(self._name).observe(ms / 1000)
        if ms > SLOW_CALL_MS:
            about = {"peer": self._name, **_labels(endpoint), "duration_ms": round(ms, 1)}
            logger.warning("outbound call slow", event_name="outbound_call_slow", **about)


def _labels(endpoint: str) -> dict[str, str]:
    method, route = endpoint.split(" ")
    return {"method": method, "route": route}
