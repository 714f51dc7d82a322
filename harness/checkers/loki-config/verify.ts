import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeq, parse, visit, type Document } from 'yaml';
import { HarnessError } from '../../model/verdict.ts';
import { keyRange, valueRange, type Path } from '../compose/positions.ts';
import { explainRefusal, placeRefusal } from '../support/config-tool.ts';
import { suggest } from '../support/suggest.ts';
import type { Mistake } from './judge.ts';
import { runTool } from '../../model/run-tool.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../model/temporary.ts';

/** What is asked of one file. */
export interface Verification {
  /** Path of the program. */
  readonly loki: string;
  readonly text: string;
  readonly document: Document;
  /** Without one, Loki panics: a schema is added, and only what it cannot read is told. */
  readonly hasSchema: boolean;
}

const ADDED_SCHEMA = '\nschema_config:\n  configs:\n  - {from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}\n';

/** Asks `loki -verify-config`, which starts nothing. @returns all that it refuses, in its order @throws HarnessError `checker-crashed`, `cancelled` */
export async function verifyLoki({ loki, text, document, hasSchema }: Verification, signal: AbortSignal): Promise<Mistake[]> {
  // Keys that stand in `schema_config:` without a period would stand twice.
  const whole = hasSchema ? text : `${text.replace(/^schema_config\s*:.*\n?(?:[ \t-].*\n?)*/m, (lines) => lines.replaceAll(/[^\n]/g, ''))}${ADDED_SCHEMA}`;
  const { code, said } = await ask(loki, whole, [], signal);
  if (code === 0) return [];
  const unread = /failed parsing config: \S+: ([\s\S]*)/.exec(said)?.[1]?.replace(/\. Use `-config\.expand-env[\s\S]*/, '');
  if (unread !== undefined) return explainUnread(unread, text, document, () => readKnownKeys(loki, signal));
  const refused = /msg="validating config" err="((?:[^"\\]|\\.)*)"/.exec(said)?.[1];
  if (refused === undefined) throw new HarnessError('checker-crashed', 'loki -verify-config failed without saying why', { logTail: said });
  if (!hasSchema) return [];
  const words = refused.replaceAll('\\n', '\n').replaceAll(/\\(["\\])/g, '$1').split('\n').flatMap((line) => /CONFIG ERROR: (.*)/.exec(line)?.[1] ?? []);
  return (words.length === 0 ? [refused] : words).map((one) => explainInvalid(one, text, document));
}

async function ask(loki: string, text: string, more: readonly string[], signal: AbortSignal): Promise<{ readonly code: number; readonly said: string }> {
  const folder = await makeTemporaryFolder('check-loki');
  try {
    await writeFile(join(folder, 'loki.yaml'), `${text}\n`);
    const { code, stdout, stderr } = await runTool(loki, ['-verify-config', '-config.file=loki.yaml', ...more], { cwd: folder, signal });
    return { code, said: stdout + stderr };
  } finally {
    await removeTemporaryFolder(folder);
  }
}

const known = new Map<string, Promise<unknown>>();

/** Every key that a Loki has, asked of it once: a process of half a second. */
function readKnownKeys(loki: string, signal: AbortSignal): Promise<unknown> {
  const keys = known.get(loki) ?? askForKeys(loki, signal);
  known.set(loki, keys);
  keys.catch(() => known.delete(loki));
  return keys;
}

/** With its default: what it prints of an empty configuration. */
async function askForKeys(loki: string, signal: AbortSignal): Promise<unknown> {
  const { said } = await ask(loki, `common: {path_prefix: /loki}${ADDED_SCHEMA}`, ['-print-config-stderr'], signal);
  return parse(said.slice(said.indexOf('---')).replace(/^level=[\s\S]*/m, ''));
}

/** Keys that it does not know come all at once; anything else, alone. */
async function explainUnread(said: string, text: string, document: Document, readKeys: () => Promise<unknown>): Promise<Mistake[]> {
  const fields = [...said.matchAll(/line (\d+): field (\S+) not found in type/g)].map(([, line, field]) => ({ line: Number(line), field: field ?? '' }));
  const others = said.split('\n').filter((line) => /line \d+: (?!field \S+ not found)/.test(line) || fields.length === 0).filter((line) => !/unmarshal errors:\s*$/.test(line));
  const tree = fields.length === 0 ? undefined : await readKeys();
  return [
    ...fields.map(({ line, field }) => explainField(field, findKey(document, text, line, field), document, tree)),
    ...others.map((line) => ({ range: placeRefusal({ text }, line), message: explainRefusal('Loki', line.trim(), text, []) })),
  ];
}

function findKey(document: Document, text: string, line: number, field: string): Path {
  let found: Path = [field];
  visit(document, {
    Pair: (_, pair, ancestors) => {
      const offset = (pair.key as { readonly range?: readonly number[] }).range?.[0] ?? -1;
      if (String(pair.key) !== field || text.slice(0, offset).split('\n').length !== line) return undefined;
      found = [...ancestors.flatMap((one) => ('key' in one ? [String(one.key)] : [])), field];
      return visit.BREAK;
    },
  });
  return found;
}

function explainField(field: string, path: Path, document: Document, tree: unknown): Mistake {
  const owner = path.length === 1 ? 'at the beginning of a line' : `below \`${path.slice(0, -1).join('.')}\``;
  const siblings = path.slice(0, -1).reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[String(key)], tree);
  const near = suggest(field, Object.keys(siblings ?? {}));
  const elsewhere = listOwners(tree, field, []);
  const advice = near !== undefined ? `Did you mean \`${near}\`?`
    : elsewhere.length > 0 ? `It belongs below ${elsewhere.slice(0, 2).map((one) => `\`${one}\``).join(' or ')}: move it there.`
      : 'Remove it: this version has no such key, or look up what replaced it.';
  return { range: keyRange(document, path), message: `Found the key \`${field}\`, which Loki does not know ${owner}. ${advice}` };
}

/** Dotted paths of the maps that have a key of this name, shortest first. */
function listOwners(tree: unknown, field: string, path: readonly string[]): string[] {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return [];
  const here = path.length > 0 && Object.hasOwn(tree, field) ? [path.join('.')] : [];
  return [...here, ...Object.entries(tree).flatMap(([key, value]) => listOwners(value, field, [...path, key]))].sort((left, right) => left.split('.').length - right.split('.').length);
}

/** It is read, and cannot be run with. */
function explainInvalid(words: string, text: string, document: Document): Mistake {
  const configs = document.getIn(['schema_config', 'configs']);
  const last = isSeq(configs) ? configs.items.length - 1 : 0;
  const old = /^(?:schema v13 is required|`tsdb` index type is required.*?`(store)`)/.exec(words);
  if (old !== null) {
    const path: Path = ['schema_config', 'configs', last, old[1] ?? 'schema'];
    return { range: valueRange(document, path), message: `Found \`${String(path[3])}: ${String(document.getIn(path))}\`, expected \`store: tsdb\` and \`schema: v13\`: Loki demands both while structured metadata is allowed, as it is by default. Write these in a new period, or set \`allow_structured_metadata: false\` below \`limits_config\`.` };
  }
  if (/must always have periodic config for index set to 24h/.test(words)) {
    const path: Path = ['schema_config', 'configs', last, 'index', 'period'];
    return { range: valueRange(document, path), message: `Found ${document.hasIn(path) ? `\`period: ${String(document.getIn(path))}\`` : 'no `period` for the index'}, expected \`period: 24h\`: Loki takes no other with this store. Write that.` };
  }
  const short = words.replace(/ and restart Loki\b.*/, '').replace(/\.?$/, '');
  return { range: placeRefusal({ text }, words.replaceAll(/[-.](?=[a-z])/g, '_')), message: `Loki refuses this: ${short}. Correct it here.` };
}
