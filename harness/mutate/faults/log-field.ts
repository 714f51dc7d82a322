import { changesAt, changesInQueries, changesWithin, misspell, type Change, type Fault, type Sample } from '../fault.ts';

/** Names of fields of log lines that people take for one another. */
const MISTAKEN: Readonly<Record<string, string>> = { event: 'event_name', event_name: 'event', trace_id: 'traceId', span_id: 'spanId', order_id: 'orderId', request_id: 'requestId', duration_ms: 'duration', level: 'severity', ts: 'time', msg: 'message', status: 'status_code' };

/** A field of a log line under another name, where it is written and where it is asked for. */
export const logField: Fault = {
  name: 'log field',
  seed: (sample) => {
    const { dialect, text } = sample;
    if (dialect === 'logql') return inPipelines(sample);
    if (dialect === 'typescript') return [...changesWithin(text, /\b(?:log|logger)\.(?:info|warn|error|debug|fatal|child)\(\{[^}\n]*\}/, /[{,]\s*(?<at>\w+):/, rename), ...changesAt(text, /"(?<at>ts|msg|level)":/, rename)];
    if (dialect === 'python') return changesWithin(text, /\b(?:log|logger)\.(?:info|warning|error|debug|bind)\([^\n]*\)/, /[(,]\s*(?<at>\w+)=/, rename);
    if (dialect === 'json') return changesAt(text, /"(?<at>[a-z_]\w*)"\s*:/, rename);
    if (dialect === 'shell') return changesAt(text, /(?:^|[\s([|,"])\.(?<at>[a-zA-Z_]\w+)/, rename);
    return [];
  },
};

function inPipelines(sample: Sample): Change[] {
  return [
    ...changesInQueries(sample, /\|\s*(?:json\s+|logfmt\s+|line_format\s+|unwrap\s+(?:duration\()?)?(?<at>(?!json\b|logfmt\b|pattern\b|unwrap\b|line_format\b|label_format\b|regexp\b|drop\b|keep\b|decolorize\b)[a-z_]\w*)\s*(?:[=!<>]|\)|\[|\|)/, rename),
    ...changesInQueries(sample, /\|\s*[a-z_]\w*\s*(?:=~|!~|=)\s*"(?<at>[\w-]{3,})"/, misspell),
  ];
}

function rename(name: string): string {
  return MISTAKEN[name] ?? misspell(name);
}
