import fc from 'fast-check';
import { HarnessError } from '../../harness/model/verdict.ts';
import { block, diagnostic, failed, pageFile, place, report } from './sample.ts';

/** Text that breaks formats: controls, ends of CDATA sections and comments, lone surrogates, emoji, separators, command markers. */
export const hostileText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u0000', '\u001B[31m', '\u0085', '\uD800', '\uDC00', '\uFFFE', '\uFFFF', '\u2028', '\u202E', ']]>', '<!--', '&amp;', '"', "'", '<', '😀', '👩‍💻', '\n', '\r', '\r\n', '\t', '%0A', '::error::', '##[error]', ':', ',', '%'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
  ),
  minLength: 1,
  maxLength: 40,
});

const lost = new HarnessError('backend-lost', 'Loki went away', { cause: new Error('socket hang up'), logTail: 'level=error msg="bye"\n' });

/** One of everything: 6 blocks, of which 1 passed, 2 failed by the same mistake, 1 was skipped, 2 errored; 2 diagnostics of pages; 1 error outside. */
export const mixed = report({
  rules: new Map([
    ['json/syntax-error', { level: 'error', summary: 'The text is no JSON.' }],
    ['page/title', { level: 'warning', summary: 'A page has no title.' }],
  ]),
  pageDiagnostics: [
    diagnostic('No title.', place(1, 1, 4), { ruleId: 'page/title', level: 'warning' }),
    diagnostic('No such dataset.', place(9, 2, 6, 'docs/content/docs/empty.mdx', 11), { ruleId: 'page/dataset' }),
  ],
  verdicts: [
    { kind: 'passed', block: block('a'), depth: 'compared', elapsedMs: 1500, diagnostics: [diagnostic('Odd.', place(7, 1, 2), { level: 'note' })] },
    failed('b', [diagnostic('Found `]`.', place(3, 8, 9), { related: [{ message: 'opened here', place: place(2, 1, 2) }] })]),
    failed('b2', [diagnostic('Found `]`.', place(3, 8, 9), { related: [{ message: 'opened here', place: place(2, 1, 2) }] })]),
    { kind: 'skipped', block: block('c', { page: 'day-1/other', fence: place(4, 1, 8, 'docs/content/docs/day-1/other.mdx') }), depth: 'parsed', elapsedMs: 0, reason: 'waits for a release' },
    { kind: 'errored', block: block('d'), depth: 'checked', elapsedMs: 40, error: lost },
    { kind: 'errored', block: block('e'), depth: 'checked', elapsedMs: 0, error: lost },
  ],
  errors: [new Error('no engine')],
  stack: { loki: { version: '3.5', imageDigest: 'sha256:1' } },
});

export const options = { color: false, readSource: (file: string): string | undefined => (file === pageFile ? '# Lag\n```json\n{ "a": ] }\n```\n' : undefined) };
