import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { Block } from '../../model/block.ts';
import type { CheckContext } from '../../model/checker.ts';
import { hintAt } from '../support/suggest.ts';

/** A text that `of=` or `into=` names. */
export interface Target {
  readonly text: string;
  /** `the block "pool"`. */
  readonly words: string;
  /** As a fence would say it; undefined for a file whose ending says nothing. */
  readonly language: string | undefined;
  readonly title: string | undefined;
  /** Repository path of a file. */
  readonly path: string | undefined;
}

const LANGUAGES: Readonly<Record<string, string>> = { ts: 'ts', py: 'python', yml: 'yaml', yaml: 'yaml', json: 'json', jsonl: 'jsonl', sh: 'sh' };

/** The nearest block above it by name or title, else the first below, else a file. */
export function findTarget(block: Block, named: string, { root, allBlocks }: CheckContext): Target | undefined {
  const same = candidates(block, allBlocks).filter(({ name, title }) => name === named || title === named);
  const target = same.findLast(({ ordinal }) => ordinal < block.ordinal) ?? same[0];
  if (target !== undefined) return { text: target.text, words: `the block "${named}"`, language: target.language, title: target.title, path: target.source };
  const text = block.overlay?.find(({ path }) => path === `snippets/${named}`)?.text ?? readSnippet(root, named);
  return text === undefined ? undefined : { text, words: `snippets/${named}`, language: LANGUAGES[named.split('.').at(-1) ?? ''], title: basename(named), path: `snippets/${named}` };
}

/** @param attribute `of` or `into` */
export function describeUnknown(block: Block, attribute: string, named: string, { allBlocks }: CheckContext): string {
  const known = candidates(block, allBlocks).flatMap(({ name, title }) => [name, title]).filter((name) => name !== undefined);
  return `Found \`${attribute}=${named}\`, expected the name or title of a block of this page, or a path under \`snippets/\` such as \`technow/checkout.ts\`.${hintAt(named, known) || ' Correct it.'}`;
}

function candidates(block: Block, all: readonly Block[]): Block[] {
  return all.filter((other) => other.page === block.page && other.ordinal !== block.ordinal && other.language !== 'diff');
}

/** Text of a file that lies under `snippets/`, also after links are followed. */
function readSnippet(root: string, path: string): string | undefined {
  const file = join(root, 'snippets', path);
  if (!existsSync(file)) return undefined;
  const isInside = realpathSync(file).startsWith(realpathSync(join(root, 'snippets')) + sep);
  try {
    return isInside ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : undefined;
  } catch {
    // A folder.
    return undefined;
  }
}
