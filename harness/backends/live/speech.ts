import type { Block } from '../../model/block.ts';

/** How a language says what our findings tell an author to do. */
interface Speech {
  /** How metrics become text. */
  readonly expose: string;
  readonly contentType: string;
  /** A sentence without its full stop. */
  readonly stop: string;
  readonly print: string;
  /** The course's logger, and how a source shows that it uses it. */
  readonly logger: { readonly name: string; readonly sign: RegExp };
  readonly span: { readonly name: string; readonly sign: RegExp };
}

const TYPESCRIPT: Speech = {
  expose: 'metrics()',
  contentType: "response.setHeader('Content-Type', register.contentType)",
  stop: "Close the server when the signal comes: process.once('SIGTERM', () => server.close())",
  print: 'console.log',
  logger: { name: 'pino', sign: /['"]pino['"]/ },
  span: { name: 'startSpan', sign: /\bstart(Active)?Span\s*\(/ },
};
const PYTHON: Speech = {
  expose: 'generate_latest()',
  contentType: 'Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)',
  stop: 'Let the signal do its work, or leave in its handler: signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))',
  print: 'print',
  logger: { name: 'structlog', sign: /^\s*(?:import|from)\s+structlog\b/m },
  span: { name: 'start_span', sign: /\bstart_(as_current_)?span\s*\(/ },
};
/** By fence tag; one line a language. */
const SPEECHES: Readonly<Record<string, Speech>> = { ts: TYPESCRIPT, typescript: TYPESCRIPT, python: PYTHON, py: PYTHON };

/** The words for a block's language; TypeScript's for one that has none of its own. */
export function speechOf(block: Block): Speech {
  return SPEECHES[block.language] ?? TYPESCRIPT;
}
