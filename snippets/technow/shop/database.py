import time
from collections import deque
from collections.abc import Callable
from threading import Condition
from typing import Any

from opentelemetry.trace import SpanKind, Status, StatusCode
from prometheus_client import Counter, Gauge, Histogram

from faults import Failure, draw, faults_of, on_faults
from telemetry import BUCKETS, logger, tracer


# #region pool
class Pool:
    """Database connections. Who finds none free queues, first come first served, and gives up after the timeout."""

    def __init__(self, size: int, timeout: float) -> None:
        self.active, self.max, self._timeout = 0, size, timeout
        self._queue: deque[object] = deque()
        self._changed = Condition()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def try_acquire(self) -> bool:
        with self._changed:
            free = self.active < self.max and not self._queue
            self.active += free
            return free

    def acquire(self) -> None:
        with self._changed:
            me = object()
            self._queue.append(me)
            granted = self._changed.wait_for(lambda: self._queue[0] is me and self.active < self.max, self._timeout)
            self._queue.remove(me)
            self._changed.notify_all()
            if not granted:
                raise Failure(503, "DBConnectionTimeout")
            self.active += 1

    def release(self) -> None:
        with self._changed:
            self.active -= 1
            self._changed.notify_all()

    def resize(self, size: int) -> None:
        with self._changed:
            self.max = size
            self._changed.notify_all()
# #endregion


_duration = Histogram("db_query_duration_seconds", "How long a query took, without waiting for a connection.", ["query"], buckets=BUCKETS)
_timeouts = Counter("db_pool_timeouts", "Waits for a connection that were given up.")


class Database:
    """An in-memory database behind a pool. A query takes its time, and holds its connection meanwhile."""

    def __init__(self, host: str, connections: int, timeout: float, timing: dict[str, float], queries: list[str]) -> None:
        self._host, self._timing, self._pool = host, timing, Pool(connections, timeout)
        pool = self._pool
        for query in queries:
            _duration.labels(query)
        Gauge("db_pool_connections_active", "Connections in use.").set_function(lambda: pool.active)
        Gauge("db_pool_connections_max", "Connections that there may be.").set_function(lambda: pool.max)
        Gauge("db_pool_requests_waiting", "Requests that wait for a connection.").set_function(lambda: pool.waiting)
        on_faults(lambda: pool.resize(next((f["connections"] for f in faults_of("pool")), connections)))

    # #region query
    def query(self, summary: str, run: Callable[[], Any]) -> Any:
        """Waits for a connection, works, gives it back."""
        if faults_of("database-down"):
            self._refuse()
        waited_ms = self._connect()
        slow = next((f for f in faults_of("slow-query") if f["query"] == summary), None)
        attributes = {"db.query.summary": summary, "db.pool.wait_ms": waited_ms, "server.address": self._host}
        with tracer.start_as_current_span(f"db.query {summary}", kind=SpanKind.CLIENT, attributes=attributes) as span:
            if slow is not None:
                span.set_attribute("db.plan", slow["plan"])
            with _duration.labels(summary).time():
                time.sleep(draw(self._timing) + (draw(slow["value"]) if slow else 0))
            self._pool.release()
            return run()
    # #endregion

    def _connect(self) -> float:
        """How long it took to get a connection, in milliseconds. A wait is worth a span only where there was one."""
        if self._pool.try_acquire():
            return 0
        started = time.perf_counter()
        with tracer.start_as_current_span("db.pool.acquire", record_exception=False, set_status_on_exception=False) as span:
            try:
                self._pool.acquire()
            except Failure as failure:
                _timeouts.inc()
                span.set_attribute("error.type", failure.error_type)
                span.set_status(Status(StatusCode.ERROR))
                raise
            finally:
                waited_ms = (time.perf_counter() - started) * 1000
                span.set_attribute("db.pool.wait_ms", waited_ms)
            return waited_ms

    def _refuse(self) -> None:
        attributes = {"server.address": self._host, "error.type": "DBConnectionRefused"}
        with tracer.start_as_current_span("db.connect", kind=SpanKind.CLIENT, attributes=attributes) as span:
            span.set_status(Status(StatusCode.ERROR))
            logger.error("database connection refused", event_name="db_connect_refused", host=self._host)
        raise Failure(503, "DBConnectionRefused")
