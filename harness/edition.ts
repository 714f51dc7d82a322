import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { listEditions, type Edition } from './editions.ts';
import { UsageError } from './pages.ts';

/** What an edition is made of, beside `docs/editions.json`. */
const PARTS = ['docs/content', 'docs/transcripts', 'docs/glossary.yml', 'docs/outline.yml', 'docs/curriculum.yml', 'docs/proofs.yml', 'docs/public', 'snippets', 'diagrams'];

const HELP = `Usage: npm run edition -- <current edition> [--next EDITION]

Freezes the current edition: its pages, answers, snippets and diagrams are copied to docs/editions/<edition>/, where they go on being
verified against the stack that docs/editions.json names for it. The pages in docs/content are then those of the next edition (3.0 after
2.0, or what --next says). Nothing is committed.

Exit codes: 0 frozen, 2 the words mean nothing or the edition cannot be frozen.
`;

/**
 * Copies the current edition into its folder and names the next one current. Whole or not at all.
 * @param next id of the edition that begins; by default the next whole number
 * @returns what was done, in words
 * @throws UsageError when the edition is not the current one, or the next one is there
 */
export function freezeEdition(root: string, id: string, next = `${Number.parseInt(id, 10) + 1}.0`): string {
  const editions = listEditions(root);
  const current = editions.find(({ isCurrent }) => isCurrent) as Edition;
  if (current.id !== id) throw new UsageError(`${id} is not the current edition: that is ${current.id}. Only the current one can be frozen`);
  if (editions.some((edition) => edition.id === next)) throw new UsageError(`there is an edition ${next} already. Name another with --next`);
  if (!/^\d+(\.\d+)*$/.test(next)) throw new UsageError(`--next ${next} is no edition: expected numbers with dots, such as 3.0`);
  const folder = join(root, 'docs/editions', id);
  if (existsSync(folder)) throw new UsageError(`docs/editions/${id}/ is there already. Remove it if it is left over`);
  // Renamed when it is whole: half an edition must never be taken for one.
  const unfinished = `${folder}.${process.pid}.tmp`;
  try {
    for (const part of PARTS) if (existsSync(join(root, part))) cpSync(join(root, part), join(unfinished, part), { recursive: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  nameCurrent(root, id, next);
  return `Froze edition ${id} in docs/editions/${id}/; docs/content is now edition ${next}.
Next: npm run verify -- ${id}, then commit. Before an image of its stack changes (harness/images), copy the old one to a folder of its own that \`standsFor\` it.`;
}

function nameCurrent(root: string, id: string, next: string): void {
  const file = join(root, 'docs/editions.json');
  const { editions } = JSON.parse(readFileSync(file, 'utf8')) as { readonly editions: Readonly<Record<string, { readonly stack: unknown }>> };
  const frozen = editions[id];
  const begun = { title: `Edition ${next}`, stack: frozen?.stack };
  writeFileSync(file, `${JSON.stringify({ current: next, editions: { [next]: begun, ...editions, [id]: frozen } }, undefined, 2)}\n`);
}

if (import.meta.main) {
  const root = process.env['COURSE_ROOT'] ?? resolve(import.meta.dirname, '..');
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean', short: 'h' }, next: { type: 'string' } } });
    const [id] = positionals;
    process.stdout.write(values.help || id === undefined ? HELP : `${freezeEdition(root, id, values.next)}\n`);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof TypeError)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 2;
  }
}
