import json
import os
import random
import signal
import time
from collections.abc import Callable
from math import exp
from typing import Any

from flask import Flask, Response, request
from opentelemetry import baggage

from telemetry import INSTANCE, SERVICE, provider, set_level

Fault = dict[str, Any]
_active: list[Fault] = []
_listeners: list[Callable[[], None]] = []


class Failure(Exception):
    """A request that cannot be answered as hoped."""

    def __init__(self, status: int, error_type: str, error_code: str | None = None) -> None:
        super().__init__(error_type)
        self.status, self.error_type, self.error_code = status, error_type, error_code


def draw(timing: dict[str, float]) -> float:
    """One draw of a log-normal time, in seconds."""
    return timing["ms"] / 1000 * exp(timing["sigma"] * random.gauss())


def faults_of(kind: str) -> list[Fault]:
    """The faults of a kind that hold here, now, and for the user of the current request."""
    return [f for f in _active if f["kind"] == kind and f.get("target") in (None, SERVICE, INSTANCE) and _meets(f.get("when", {}))]


def on_faults(listener: Callable[[], None]) -> None:
    _listeners.append(listener)
    listener()


def user() -> dict[str, Any]:
    """Who asks: it travels beside the trace, as W3C baggage."""
    flags = str(baggage.get_baggage("flags") or "").split()
    return {"role": baggage.get_baggage("user.role") or "standard", "cart_items": int(str(baggage.get_baggage("cart.items") or 1)), "flags": flags, "tenant": baggage.get_baggage("tenant")}


def _meets(when: dict[str, Any]) -> bool:
    known = user()
    return (
        when.get("endpoint", "POST /checkout") == "POST /checkout"
        and when.get("role", known["role"]) == known["role"]
        and known["cart_items"] > when.get("cartOver", 0)
        and ("flag" not in when or when["flag"] in known["flags"])
        and ("tenants" not in when or known["tenant"] in when["tenants"])
        and random.random() < when.get("share", 1)
    )


def suffer() -> None:
    """What the faults of now do to a request before it is worked on."""
    for fault in faults_of("latency"):
        time.sleep(draw(fault["value"]))
    for fault in faults_of("errors")[:1]:
        code = random.choices(list(fault["codes"]), list(fault["codes"].values()))[0]
        raise Failure(fault["status"], fault.get("errorType", code), code)


admin = Flask("admin")


@admin.route("/faults", methods=["GET", "PUT"])
def faults() -> Response:
    global _active
    if request.method == "PUT":
        _active = request.get_json(force=True)
        for listener in _listeners:
            listener()
    return Response(json.dumps(_active), content_type="application/json")


@admin.route("/flush")
def flush() -> Response:
    provider.force_flush()
    return Response("[]", content_type="application/json")


def _take_level() -> None:
    set_level("debug" if faults_of("log-level") else "info")
    for fault in faults_of("instance-down"):
        os.kill(os.getpid(), signal.SIGTERM if fault.get("graceful") else signal.SIGKILL)


on_faults(_take_level)
