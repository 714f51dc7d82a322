import { Worker } from 'node:worker_threads';
import { defineChecker, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { HarnessError } from '../model/verdict.ts';
import { offsetSeen } from './support/mermaid-lines.ts';
import type { WorkerAnswer, WorkerMistake } from './support/mermaid-worker.ts';
import { lineRange, tokenAt } from './support/ranges.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'Mermaid cannot parse the diagram.' },
  'no-title': { level: 'error', summary: 'The diagram has no accTitle: who cannot see it does not learn what it is.' },
  'no-description': { level: 'error', summary: 'The diagram has no accDescr: who cannot see it does not learn what it shows.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;
type Found = Omit<Finding<RuleName>, 'block'>;

/** Mermaid diagrams: parsed by Mermaid itself, with a title and a description for those who cannot see them. */
export const mermaid = defineChecker({
  name: 'mermaid',
  languages: ['mermaid'],
  attributes: [],
  rules,
  async check(blocks, _context, signal) {
    if (blocks.length === 0) return [];
    const mistakes = await parseAll(blocks.map(({ text }) => text), signal);
    return blocks.flatMap((block, index) => checkBlock(block, mistakes[index]).map((found) => ({ block, ...found })));
  },
});

function checkBlock(block: Block, mistake: WorkerMistake | undefined): Found[] {
  const range = lineRange(block.text, firstLine(block.text));
  if (block.text.trim() === '') return [{ rule: 'syntax-error', range, message: 'Found an empty block, expected a diagram. Write it, or remove the block.' }];
  // What else is missing may only be hidden by the mistake.
  if (mistake !== undefined) return [describe(block.text, mistake)];
  const found: Found[] = [];
  if (!/^\s*accTitle\s*:\s*\S/m.test(block.text)) found.push({ rule: 'no-title', range, message: 'Found no accTitle, expected one: screen readers read it out. Add a line `accTitle: what it is`.' });
  if (!/^\s*accDescr\s*(?::\s*\S|\{)/m.test(block.text)) found.push({ rule: 'no-description', range, message: 'Found no accDescr, expected one: screen readers read it out. Add a line `accDescr: what one is to see`.' });
  return found;
}

/** The line that says which kind of diagram it is. */
function firstLine(text: string): number {
  return Math.max(1, text.split('\n').findIndex((line) => line.trim() !== '') + 1);
}

/** jison's token names for what an author can type. */
const TOKENS: Readonly<Record<string, string>> = {
  SQE: '`]`', PE: '`)`', DIAMOND_STOP: '`}`', NODE_STRING: 'a node', TXT: '`: text`', EOF: 'the end', NEWLINE: 'a new line', UNICODE_TEXT: 'text', TEXT: 'text', ACTOR: 'a participant',
};

function describe(text: string, mistake: WorkerMistake): Found {
  if (mistake.line === undefined || mistake.column === undefined || Number.isNaN(mistake.line)) {
    const range = lineRange(text, firstLine(text));
    const kind = /No diagram type detected/.test(mistake.words) ? 'Found no kind of diagram that Mermaid knows, expected one such as flowchart, sequenceDiagram or stateDiagram-v2. Begin with it.' : `Mermaid says: ${mistake.words.replace(/\s+/g, ' ')}`;
    return { rule: 'syntax-error', range, message: kind };
  }
  const offset = offsetSeen(text, mistake.line, mistake.column);
  const blank = /^[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0;
  const start = offset + blank;
  const range = { offset: start, length: tokenAt(text, start).length };
  const stray = /unexpected character: ->(.)<-/.exec(mistake.words)?.[1];
  if (stray !== undefined) return { rule: 'syntax-error', range, message: `Found \`${stray}\`, which Mermaid does not expect here. Correct it here.` };
  if (mistake.found === undefined) return { rule: 'syntax-error', range, message: `Mermaid says: ${mistake.words.replace(/\s+/g, ' ')}` };
  const found = mistake.found.trim() === '' ? (start >= text.trimEnd().length ? 'the end' : 'the end of the line') : `\`${mistake.found.trim()}\``;
  const habit = describeHabit(text, start, mistake.found.trim());
  if (habit !== undefined) return { rule: 'syntax-error', range: habit.range ?? range, message: habit.message };
  const expected = [...new Set(mistake.expected.flatMap((token) => TOKENS[token] ?? []))].slice(0, 3);
  const wanted = expected.filter((each) => each !== found).join(' or ') || 'another word: Mermaid cannot go on from here';
  const quote = /^[([{]/.test(mistake.found) ? ' Close the bracket before it, or quote the text: ["Foo (bar)"].' : ' Correct it here.';
  return { rule: 'syntax-error', range, message: `Found ${found}, expected ${wanted}.${quote}` };
}

/** Blocks that end with the word `end`. */
const OPENERS = /^\s*(subgraph|alt|opt|loop|par|critical|break|rect|box)\b/;

/** Mistakes that Mermaid notices somewhere else, or names by its own words. */
function describeHabit(text: string, start: number, found: string): { readonly range?: TextRange; readonly message: string } | undefined {
  const lines = text.split('\n');
  if (found === '' && start >= text.trimEnd().length) {
    const open: number[] = [];
    for (const [index, line] of lines.entries()) {
      if (OPENERS.test(line)) open.push(index + 1);
      if (/^\s*end\s*$/.test(line)) open.pop();
    }
    const last = open.at(-1);
    const word = last === undefined ? undefined : OPENERS.exec(lines[last - 1] ?? '')?.[1];
    if (last !== undefined && word !== undefined) return { range: lineRange(text, last), message: `Found \`${word}\` without its end, expected a line \`end\` after what belongs to it. Add it.` };
    const quoted = lines.findIndex((line) => (line.split('"').length - 1) % 2 === 1);
    if (quoted >= 0) return { range: lineRange(text, quoted + 1), message: 'Found a quote that opens and never closes, expected two on the line. Add the closing one.' };
  }
  if (found === 'end') return { message: 'Found `end`, expected the name of a node: `end` is a word of Mermaid. Call it `End`, or otherwise.' };
  if (/^\s*->(?!>)/.test(text.slice(start)) && !/^\s*sequenceDiagram/m.test(text)) return { message: 'Found the arrow `->`, expected `-->`. Write it with two hyphens.' };
  const key = /^[ \t]*(accTitle|accDescr)\s+[^:{\s].*$/m.exec(text);
  if (key !== null && start >= key.index && start <= key.index + key[0].length) return { message: `Found \`${found}\` after \`${key[1] ?? ''}\`, expected \`:\`. Write \`${key[1] ?? ''}: …\`.` };
  return undefined;
}

/** One worker for all: importing Mermaid takes longer than parsing a course of diagrams, and it wants a global document. */
async function parseAll(texts: readonly string[], signal: AbortSignal): Promise<WorkerAnswer> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./support/mermaid-worker.ts', import.meta.url), { workerData: texts });
  try {
    return await new Promise<WorkerAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause) => reject(new HarnessError('checker-crashed', 'the Mermaid parser crashed', { cause })));
      worker.once('exit', (code) => reject(new HarnessError('checker-crashed', `the Mermaid parser ended with code ${code} before it answered`)));
      signal.addEventListener('abort', () => reject(new HarnessError('cancelled', 'interrupted while Mermaid parsed', { cause: signal.reason })), { once: true });
    });
  } finally {
    await worker.terminate();
  }
}
