import type { Page } from '../model/block.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlannedBlock } from '../model/plan.ts';
import type { TranscriptChange } from '../model/report.ts';
import { recordRules } from './record.ts';
import { listTranscripts, removeFile, transcriptFile } from './store.ts';

export interface SweepInput {
  readonly pages: readonly Page[];
  readonly planned: readonly PlannedBlock[];
  /** Every page of this run, also those that are unchanged or could not be read. */
  readonly known: readonly Pick<Page, 'id'>[];
  /** True when `known` is all there is: only then is a folder without a page an orphan. */
  readonly everything: boolean;
  readonly root: string;
  readonly update: boolean;
}

/** Findings after which nobody knows which blocks a page has: it is not read, or a fence swallows those below it. */
const UNREADABLE: ReadonlySet<string> = new Set(['mdx/syntax-error', 'mdx/not-text', 'mdx/empty-page', 'mdx/unclosed-fence', 'incident/not-valid']);

/**
 * Transcripts that no block owns any more fail; with `update` they go. A page that could not be parsed has no blocks to
 * own any: its answers wait until it is mended.
 */
export function sweepTranscripts(input: SweepInput): { diagnostics: Diagnostic[]; changes: TranscriptChange[] } {
  const owned = new Set(input.planned.flatMap(({ block, action }) => (action.kind !== 'check' && block.name !== undefined ? [transcriptFile(block.page, block.name)] : [])));
  const readable = input.pages.filter((page) => !page.diagnostics.some((found) => UNREADABLE.has(found.ruleId)));
  const orphans = readable.flatMap((page) => listTranscripts(input.root, page.id).filter((file) => !owned.has(file)));
  if (input.everything) {
    const folders = new Set(input.known.map((page) => `docs/transcripts/${page.id}`));
    orphans.push(...listTranscripts(input.root).filter((file) => !folders.has(file.slice(0, file.lastIndexOf('/')))));
  }
  if (input.update) {
    for (const file of orphans) removeFile(input.root, file);
    return { diagnostics: [], changes: orphans.map((file) => ({ file, change: 'removed', diff: '' })) };
  }
  return { diagnostics: orphans.map(diagnoseOrphan), changes: [] };
}

function diagnoseOrphan(file: string): Diagnostic {
  const start = { line: 1, column: 1 };
  const page = file.slice('docs/transcripts/'.length, file.lastIndexOf('/'));
  const name = file.slice(file.lastIndexOf('/') + 1, -'.json'.length);
  return {
    ruleId: 'transcript/orphan',
    level: recordRules['transcript/orphan'].level,
    message: `Found a stored answer of no block, expected page ${page} to have an executed block called "${name}". Give the block its name back, or run \`npm run verify -- --update\` to remove the file.`,
    place: { file, start, end: start },
    related: [],
  };
}
