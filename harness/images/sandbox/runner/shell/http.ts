import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** On every refusal of the gate, so that it is not taken for one of the service. */
export const REFUSED_HEADER = 'x-course-refused';
/** Longer questions are no questions. */
const MAX_REQUEST_BYTES = 1024 * 1024;
/** An answer that no transcript could show. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
/** What concerns one connection only, or changes with every answer. */
const DROPPED_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date', 'traceresponse', 'trailer', 'upgrade']);

export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** All of a body. Throws when there is more than a question, or an answer, may have. */
export async function readBody(message: IncomingMessage, maxBytes = MAX_REQUEST_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`more than ${maxBytes / 1024 / 1024} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Passes one request on and reads its answer, uncompressed. Throws when nobody answers, or not in time. */
export function ask(asked: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { host, port, method, target: path, body } = asked;
    const headers = { ...asked.headers, 'accept-encoding': 'identity', ...(body.length > 0 ? { 'content-length': String(body.length) } : {}) };
    const outgoing = request({ host, port, method, path, headers, agent: false, timeout: TIMEOUT_MS }, (message) => {
      readBody(message, MAX_ANSWER_BYTES).then((answer) => resolve({ status: message.statusCode ?? 0, headers: keepHeaders(message.headers), body: answer }), reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function keepHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined || DROPPED_HEADERS.has(name) ? [] : [[name, value]])));
}
