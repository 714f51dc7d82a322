import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImageSpec, serviceNames } from '../../harness/backends/engine-specs.ts';
import { presentTool } from '../../harness/backends/engine-tools.ts';
import { checkers } from '../../harness/checkers/index.ts';
import type { Block, Page } from '../../harness/model/block.ts';
import type { CheckContext, Finding } from '../../harness/model/checker.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import { commonAttributes, parsePage } from '../../harness/parse/index.ts';
import { findChecker } from '../../harness/model/checker.ts';
import { smallDataset } from './small-dataset.ts';

export const root = join(import.meta.dirname, '../..');
const folder = 'tests/checkers/fixtures';

/** A finding, or the wish for one: block ordinal, position in its text, level, rule, message. */
export interface Said {
  readonly block: number;
  readonly at: string;
  readonly level: string;
  readonly ruleId: string;
  readonly message: string;
}
export interface FixtureResult {
  readonly found: readonly Said[];
  readonly wanted: readonly Said[];
  /** Blocks with neither a want nor `{/* clean *​/}`: an empty expectation must be said. */
  readonly silent: readonly number[];
  /** Languages of blocks marked clean. */
  readonly cleanLanguages: readonly string[];
  readonly page: Page;
}

/** Runs every checker over one page of `fixtures/`, and reads what the page says about itself. */
export async function checkFixture(name: string): Promise<FixtureResult> {
  const file = `${folder}/${name}`;
  const source = readFileSync(join(root, file), 'utf8');
  const page = parsePage({ root, file, source, knownAttributes: commonAttributes });
  const notes = readNotes(source, page.blocks);
  return { ...notes, found: await findAll(page), page };
}

async function findAll(page: Page): Promise<readonly Said[]> {
  const byChecker = Map.groupBy(page.blocks, (block) => findChecker(block, checkers));
  const found: Said[] = [];
  for (const [checker, blocks] of byChecker) {
    if (checker === undefined) throw new Error(`no checker for \`${blocks[0]?.language}\``);
    for (const finding of await checker.check(blocks, contextOf(page), new AbortController().signal)) {
      found.push({ block: finding.block.ordinal, at: positionOf(finding), level: checker.rules[finding.rule]?.level ?? 'undeclared', ruleId: `${checker.name}/${finding.rule}`, message: finding.message });
    }
  }
  return found.sort((left, right) => left.block - right.block || left.at.localeCompare(right.at, 'en', { numeric: true }));
}

/** Images that tools are taken out of; all others come with Prometheus. */
const OWNERS: Readonly<Record<string, string>> = { amtool: 'alertmanager', loki: 'loki', otelcol: 'otelcol', 'python-packages': 'sandbox' };

function contextOf(page: Page): CheckContext {
  return {
    root,
    images: new Map(serviceNames(root).map((name) => [name, readImageSpec(root, name).reference])),
    allBlocks: page.blocks,
    tool: (program) => presentTool(root, OWNERS[program] ?? 'prometheus', program),
    datasetOf: (block) => (block.attributes.get('dataset')?.value ?? page.frontmatter['dataset']) as string | undefined,
    dataset: (name): Dataset => {
      if (name !== 'small') throw new Error(`no dataset ${name}`);
      return smallDataset;
    },
  };
}

function positionOf({ block, range }: Finding): string {
  const before = block.text.slice(0, range.offset).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}-${range.length}`;
}

/** `{/* want 2:8-1 error json/syntax-error "part of the message" *​/}`: line, column and length in the block's text. */
const WANT = /^\s*\{\/\* want (\d+:\d+-\d+) (error|warning|note) (\S+) "(.*)" \*\/\}$/;

function readNotes(source: string, blocks: readonly Block[]): Pick<FixtureResult, 'wanted' | 'silent' | 'cleanLanguages'> {
  const wanted: Said[] = [];
  const clean = new Set<number>();
  for (const [index, line] of source.split('\n').entries()) {
    if (!line.includes('{/*')) continue;
    const block = blocks.findLast((each) => each.fence.start.line < index + 1);
    const want = WANT.exec(line);
    if (block === undefined || (want === null && line.trim() !== '{/* clean */}')) throw new Error(`line ${index + 1} is no note of a block: ${line}`);
    if (want === null) clean.add(block.ordinal);
    else wanted.push({ block: block.ordinal, at: want[1] ?? '', level: want[2] ?? '', ruleId: want[3] ?? '', message: want[4] ?? '' });
  }
  const silent = blocks.map(({ ordinal }) => ordinal).filter((ordinal) => clean.has(ordinal) === wanted.some(({ block }) => block === ordinal));
  return { wanted, silent, cleanLanguages: blocks.filter(({ ordinal }) => clean.has(ordinal)).map(({ language }) => language) };
}
