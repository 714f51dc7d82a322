import os
import sys
from datetime import UTC, datetime
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, disable_created_metrics

SERVICE = os.path.basename(sys.argv[0]).removesuffix(".py")
VERSION = os.environ.get("SERVICE_VERSION", "0.0.0")
PORT = int(os.environ.get("PORT", "8081"))
INSTANCE = os.environ.get("INSTANCE", f"{SERVICE}-1:{PORT}")

# #region metrics
# A time of creation beside every counter would double the series.
disable_created_metrics()

# Bounds on either side of every threshold that the shop's alerts use.
BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10]
# #endregion

# #region traces
provider = TracerProvider(resource=Resource({"service.name": SERVICE, "service.instance.id": INSTANCE}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=500))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("technow")
# #endregion

# #region logs
_lines = Counter("log_lines", "Lines written.", ["level"])
for _level in ("debug", "info", "warn", "error"):
    _lines.labels(_level)
_SECRETS = {"token", "card", "email"}
_threshold = "info"


def set_level(level: str) -> None:
    global _threshold
    _threshold = level


def _filter(_logger: Any, method: str, line: dict[str, Any]) -> dict[str, Any]:
    level = "warn" if method == "warning" else method
    if level == "debug" and _threshold != "debug":
        raise structlog.DropEvent
    _lines.labels(level).inc()
    span = trace.get_current_span().get_span_context()
    ids = {"trace_id": f"{span.trace_id:032x}", "span_id": f"{span.span_id:016x}"} if span.is_valid else {}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    msg = line.pop("event")
    about = {"event": line.pop("event_name", None), **line}
    return {"level": level, "ts": now, "service": SERVICE, "instance": INSTANCE, **ids, **_redact(about), "msg": msg}


def _redact(fields: dict[str, Any]) -> dict[str, Any]:
    """Who reads logs must not learn how to pay with them. What has no value is left out."""
    return {
        name: "[Redacted]" if name in _SECRETS else _redact(value) if isinstance(value, dict) else value
        for name, value in fields.items()
        if value is not None
    }


# One JSON object a line, without a prefix of anybody's.
structlog.configure(processors=[_filter, structlog.processors.JSONRenderer()], logger_factory=structlog.PrintLoggerFactory())
logger = structlog.get_logger()
# #endregion
