import type { Service } from './protocol.ts';

/** Paths that only read, by service. What is not listed is refused: a new version may bring new ways to write. */
const READS: Readonly<Record<Service, RegExp>> = {
  prometheus: /^\/(?:-\/(?:healthy|ready)|metrics|api\/v1\/(?:query|query_range|query_exemplars|format_query|parse_query|series|labels|label\/[^/]+\/values|metadata|rules|alerts|targets|targets\/metadata|alertmanagers|status\/[a-z]+))$/,
  loki: /^\/(?:ready|metrics|loki\/api\/v1\/(?:query|query_range|labels|label|label\/[^/]+\/values|series|index\/(?:stats|volume|volume_range)|patterns|detected_labels|detected_fields|detected_field\/[^/]+\/values|format_query|status\/buildinfo))$/,
  jaeger: /^\/api\/(?:services|services\/[^/]+\/operations|operations|traces|traces\/[0-9a-f]+|dependencies)$/,
  alertmanager: /^\/(?:-\/(?:healthy|ready)|metrics|api\/v2\/(?:status|receivers|alerts|alerts\/groups|silences|silence\/[^/]+))$/,
};
/** Questions that may be too long for an address, and are then posted as a form. */
const POSTED: Readonly<Partial<Record<Service, RegExp>>> = {
  prometheus: /^\/api\/v1\/(?:query|query_range|query_exemplars|format_query|parse_query|series|labels)$/,
  loki: /^\/loki\/api\/v1\/(?:query|query_range|labels|label|series|format_query)$/,
};

/** Why a request must not reach a service; undefined when it only reads. @param path without the query, as it came */
export function explainRefusal(service: Service, method: string, path: string): string | undefined {
  const plain = decodePath(path);
  if (plain === undefined || !READS[service].test(plain)) return `403: ${method} ${path} is not open here. What runs on this page may only ask ${service}; it cannot write, delete or administer, because other pages ask the same data.`;
  if (method === 'GET' || method === 'HEAD' || (method === 'POST' && POSTED[service]?.test(plain) === true)) return undefined;
  return `403: ${method} ${path} would write. What runs on this page may only ask ${service}, by GET, or by POST where a query is posted.`;
}

/** Undefined for a path that two programs could read in two ways: `..`, `//`, an encoded slash. */
function decodePath(path: string): string | undefined {
  try {
    const plain = decodeURIComponent(path);
    return /\/\/|\\|(?:^|\/)\.{1,2}(?:\/|$)/.test(plain) || /%2f|%5c/i.test(path) ? undefined : plain;
  } catch {
    return undefined;
  }
}
