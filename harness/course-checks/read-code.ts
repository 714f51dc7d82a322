import type { TextRange } from '../model/place.ts';
import { readOnce } from '../model/read-once.ts';

/** A word of a text, and where it stands. */
export interface Word {
  readonly text: string;
  readonly range: TextRange;
}
/** What TypeScript or Python declares that it exposes. */
export interface DeclaredMetrics {
  /** As their libraries are told them, without suffixes that these add. */
  readonly names: readonly Word[];
  /** True where a name cannot be read: there may be more than these. */
  readonly hasComputed: boolean;
}
/** What TypeScript or Python says of itself in literals. What is computed is not seen. */
export interface CodeFacts {
  /** Ports on which it listens, unless told otherwise by the environment. */
  readonly ports: readonly Word[];
  /** Its own name or those of services that it labels: `service.name`, `service: 'checkout'`. */
  readonly services: readonly Word[];
  /** `host:port` of addresses. */
  readonly addresses: readonly Word[];
}

const METRIC = /\bnew\s+(?:\w+\.)?(?:Counter|Gauge|Histogram|Summary)(?:<[^>]*>)?\(\s*(?:\{[^}]*?\bname:\s*(["'`])([A-Za-z_:][\w:]*)\1)?/g;
const PYTHON_METRIC = /(?<![\w.])(?:Counter|Gauge|Histogram|Summary|Info|Enum)\(\s*(?:(?:name=)?(["'])([A-Za-z_:][\w:]*)\1)?/g;
const PORTS = [
  /\.listen\(\s*()(\d{2,5})\b/g, /\.listen\([^)\n]*\?\?\s*()["']?(\d{2,5})\b/g,
  /\b(?:make_server|HTTPServer|ThreadingHTTPServer|start_http_server)\(\s*\(?\s*(?:(["'])[^"']*\1\s*,\s*)?(\d{2,5})\b/g, /\.run\([^)\n]*\bport\s*=\s*()(\d{2,5})\b/g,
];
const LISTENS = /\.listen\(|make_server|HTTPServer|start_http_server|\bport\s*=/;
const SERVICE = /\bservice(?:\.name)?["']?\s*\]?\s*[:=]\s*(["'])([a-z][\w-]*)\1/g;
const ADDRESS = /\bhttps?:\/\/()([\w.-]+:\d{2,5})\b/g;

/** Reads code of either language; each text once. */
export const readCode = readOnce((text): CodeFacts => ({
  ports: LISTENS.test(text) ? PORTS.flatMap((pattern) => words(text, pattern)) : [],
  services: text.includes('service') ? words(text, SERVICE) : [],
  addresses: text.includes('://') ? words(text, ADDRESS) : [],
}));

/** Reads what code of either language exposes. */
export const readMetrics = readOnce((text): DeclaredMetrics => {
  const pattern = /\bprometheus_client\b/.test(text) ? PYTHON_METRIC : text.includes('prom-client') ? METRIC : undefined;
  const names = pattern === undefined ? [] : words(text, pattern);
  return { names, hasComputed: (pattern !== undefined && [...text.matchAll(pattern)].length > names.length) || /MetricFamily\(|createCounter\(|create_counter\(/.test(text) };
});

/** The second group of every match that has one. */
function words(text: string, pattern: RegExp): Word[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const word = match[2];
    return word === undefined ? [] : [{ text: word, range: { offset: match.index + match[0].lastIndexOf(word), length: word.length } }];
  });
}
