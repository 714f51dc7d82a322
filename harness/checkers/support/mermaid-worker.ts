import { parentPort, workerData } from 'node:worker_threads';
import { JSDOM } from 'jsdom';

/** What Mermaid's parsers throw: those made by jison carry a hash, those made by langium a result, others neither. */
interface MermaidError {
  readonly message: string;
  readonly hash?: { readonly text: string; readonly expected?: readonly string[]; readonly loc: { readonly last_line: number; readonly last_column: number } };
  readonly result?: {
    readonly lexerErrors: readonly { readonly line?: number; readonly column?: number; readonly message: string }[];
    readonly parserErrors: readonly { readonly message: string; readonly token: { readonly startLine?: number; readonly startColumn?: number } }[];
  };
}
/** A mistake in the text as Mermaid sees it, without comments and front matter. Line and column are 1-based. */
export interface WorkerMistake {
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Undefined where the parser's own words say it. */
  readonly found: string | undefined;
  readonly expected: readonly string[];
  readonly words: string;
}
/** One for each text: undefined when it parses. */
export type WorkerAnswer = readonly (WorkerMistake | undefined)[];

// Mermaid sanitises labels and wants a document for it. Globals of a worker are its own.
const { window } = new JSDOM('');
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import('mermaid');

const answer: (WorkerMistake | undefined)[] = [];
for (const text of workerData as readonly string[]) answer.push(await parse(text));
parentPort?.postMessage(answer satisfies WorkerAnswer);

async function parse(text: string): Promise<WorkerMistake | undefined> {
  try {
    await mermaid.parse(text);
    return undefined;
  } catch (error) {
    return describe(error as MermaidError);
  }
}

function describe({ message, hash, result }: MermaidError): WorkerMistake {
  if (hash !== undefined) {
    const expected = (hash.expected ?? []).map((token) => token.replace(/^'|'$/g, ''));
    return { line: hash.loc.last_line, column: hash.loc.last_column + 1, found: hash.text, expected, words: message };
  }
  const lexer = result?.lexerErrors[0];
  if (lexer !== undefined) return { line: lexer.line, column: lexer.column, found: undefined, expected: [], words: lexer.message };
  const parser = result?.parserErrors[0];
  if (parser !== undefined) return { line: parser.token.startLine, column: parser.token.startColumn, found: undefined, expected: [], words: parser.message };
  return { line: undefined, column: undefined, found: undefined, expected: [], words: message };
}
