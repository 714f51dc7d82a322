import { excuse, otherProduct, otherVersion } from './excuses.ts';
import { conclude, excuseReference, linesAt } from './judge-configs.ts';
import type { Found, Judge, Outcome, Piece } from './model.ts';
import { isPlain, readSettings } from './loki-settings.ts';
import { runEach } from './programs.ts';
import { find } from './rules.ts';

/** What `loki -verify-config` panics without. */
const SCHEMA = '\nschema_config:\n  configs:\n  - from: 2024-01-01\n    store: tsdb\n    object_store: filesystem\n    schema: v13\n    index: { prefix: index_, period: 24h }\n';
/** It stops where it cannot go on: what it named is taken out, and it is asked again. */
const ROUNDS = 3;

/** Loki's configuration, by Loki itself: one process each for what its own list of settings does not settle. It starts nothing. */
export const judgeLoki: Judge = async (pieces, context) => {
  const loki = await context.tool('loki');
  if (loki === undefined) return new Map(pieces.map((piece): [Piece, Outcome] => [piece, { kind: 'passed', depth: 'parsed' }]));
  const settings = pieces.length === 0 ? undefined : await readSettings(loki, context.signal);
  const open = pieces.filter(({ text }) => settings === undefined || !isPlain(text, settings));
  // Where a refusal would prove nothing, it is not worth a process.
  const doubts = new Map(open.flatMap((piece) => doubtWhole(piece)));
  const texts = [...new Set(open.filter((piece) => !doubts.has(piece)).map(({ text }) => text))];
  const verified = await verifyAll(loki, texts, context.signal);
  const said = new Map(texts.map((text, index) => [text, verified[index]]));
  return new Map(pieces.map((piece): [Piece, Outcome] => {
    const doubt = doubts.get(piece);
    if (doubt !== undefined) return [piece, { kind: 'unknown', reason: `it sets what Loki does not list as its own, which need not be wrong: ${doubt}` }];
    const { found = [], refusal } = said.get(piece.text) ?? {};
    if (found.length === 0 && refusal !== undefined) return [piece, { kind: 'unknown', reason: `Loki refuses it as it stands, which need not be wrong: ${refusal}` }];
    return [piece, conclude(piece, found, true, () => undefined)];
  }));
};

function doubtWhole(piece: Piece): [Piece, string][] {
  const why = otherProduct(piece) ?? otherVersion(piece) ?? excuseReference(piece.text);
  return why === undefined ? [] : [[piece, why]];
}

interface Verified {
  readonly found: readonly Found[];
  /** What it says of the whole, for which another part may be to blame. */
  readonly refusal: string | undefined;
}

async function verifyAll(loki: string, texts: readonly string[], signal: AbortSignal): Promise<readonly Verified[]> {
  const states = texts.map((text) => ({ text, lines: text.split('\n'), found: [] as Found[], refusal: undefined as string | undefined, isDone: false }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const open = states.filter(({ isDone }) => !isDone);
    const answers = await runEach(loki, '"$PROGRAM" -verify-config -config.file="$f"', open.map(({ text, lines }) => `${lines.join('\n')}${/^schema_config\s*:/m.test(text) ? '' : SCHEMA}\n`), signal);
    for (const [index, state] of open.entries()) {
      const { code, said } = answers[index] ?? { code: 0, said: '' };
      const told = [...said.matchAll(/line (\d+): (?:field (\S+) not found in type \S+|cannot unmarshal !!(\w+) `([^`]*)` into (\S+))/g)];
      state.isDone = code === 0 || told.length === 0;
      if (state.isDone && code !== 0) {
        if (isWholeLoki(state.text)) state.found.push(...findSchema(state.text, said));
        else if (OLD_SCHEMA.test(said)) state.refusal = 'its schema is of an earlier version, and the limits that go with it are not shown';
        if (/unmarshal|parsing config|panic/.test(said)) state.refusal = said.replace(/^.*?(?:unmarshal errors:\s*|parsing config: \S+ )/s, '').split('\n')[0]?.slice(0, 120);
      }
      for (const [, line, field, type, value = '', wanted = ''] of told) {
        state.found.push(field !== undefined
          ? at(state.text, Number(line), field, `Found the key \`${field}\`, which Loki does not know here: it refuses the file. Remove it, or see what replaced it.`)
          : at(state.text, Number(line), value, `Found ${YAML_KINDS[type ?? ''] ?? 'a value'}, expected ${GO_TYPES[wanted] ?? 'a value of another sort'}: Loki refuses the file. Correct the value.`));
        remove(state.lines, Number(line));
      }
    }
  }
  return states;
}

const YAML_KINDS: Readonly<Record<string, string>> = { str: 'a text', int: 'a whole number', float: 'a number with a fraction', bool: '`true` or `false`', map: 'a map', seq: 'a list' };
const GO_TYPES: Readonly<Record<string, string>> = { bool: '`true` or `false`', int: 'a whole number', int64: 'a whole number', uint: 'a whole number', uint64: 'a whole number', float64: 'a number', string: 'a text', 'time.Duration': 'a duration such as `5m`' };

/** What nobody would show of a part: it can be loaded as it stands. */
export const isWholeLoki = (text: string): boolean => /^schema_config\s*:/m.test(text) && /^(?:server|auth_enabled|common)\s*:/m.test(text);
const OLD_SCHEMA = /schema v13 is required|tsdb index type is required/;

/** A line, and what belongs to it; its parent stays, if only as an empty map. */
function remove(lines: string[], line: number): void {
  const depth = (text: string): number => text.length - text.trimStart().length;
  const own = depth(lines[line - 1] ?? '');
  for (let index = line - 1; index < lines.length && (index === line - 1 || (lines[index] ?? '').trim() === '' || depth(lines[index] ?? '') > own); index += 1) lines[index] = '';
}

/** The store or the version of the schema, which the defaults of today do not go with. */
function findSchema(text: string, said: string): Found[] {
  if (!OLD_SCHEMA.test(said)) return [];
  const lines = text.split('\n');
  const index = lines.findIndex((line, at) => at > lines.findIndex((one) => /^schema_config\s*:/.test(one)) && /^\s*(?:- )?schema\s*:/.test(line));
  return index < 0 ? [] : [at(text, index + 1, '', 'Found a schema that Loki refuses while structured metadata is allowed, as it is by default, expected `store: tsdb` and `schema: v13`. Write these, or set `allow_structured_metadata: false`.')];
}

function at(text: string, line: number, word: string, message: string): Found {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const own = lines[line - 1] ?? '';
  const column = Math.max(0, word === '' ? own.length - own.trimStart().length : own.indexOf(word));
  return find('refused-by-loki', before + column, word === '' ? own.trim().length : word.length, message);
}

/** Exporters, receivers and processors that the Collector had, and since when it has them no more. */
const REMOVED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  exporters: { jaeger: 'Jaeger takes OTLP: write `otlp` with its port 4317', jaeger_thrift: 'Jaeger takes OTLP: write `otlphttp` with its port 4318', logging: 'it is called `debug` now' },
  processors: { queued_retry: 'exporters have `sending_queue` and `retry_on_failure`' },
  extensions: { memory_ballast: 'use the environment variable GOMEMLIMIT' },
};
const SECTIONS = ['receivers', 'processors', 'exporters', 'extensions', 'connectors'] as const;

/** Configuration of an OpenTelemetry Collector: what it had and has no more, and names in pipelines that the file does not define. */
export const judgeCollector: Judge = async (pieces) => new Map(pieces.map((piece): [Piece, Outcome] => {
  const found = [...findRemoved(piece.text), ...findUndefined(piece.text)];
  const why = otherProduct(piece) ?? otherVersion(piece) ?? (/\b(?:overrid\w+|merg\w+|on top of|second (?:file|config)\w*|in addition to)\b/i.test(piece.sample.before) ? 'it may be one of several files that are merged' : undefined);
  if (found.length === 0) return [piece, { kind: 'passed', depth: 'parsed' }];
  const certain = found.filter((one) => why === undefined && excuse({ ...piece, text: linesAt(piece.text, one) }) === undefined);
  return [piece, certain.length > 0 ? { kind: 'failed', depth: 'checked', found: certain } : { kind: 'unknown', reason: `the Collector of today would refuse it, which need not be wrong: ${why ?? 'the words around it say so'}` }];
}));

/** Names below each section, with where they stand. */
function readComponents(text: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const sections = new Map<string, Map<string, number>>();
  let section: Map<string, number> | undefined;
  let depth = 0;
  let offset = 0;
  for (const line of text.split('\n')) {
    const key = /^(\w+)\s*:\s*(?:#.*)?$/.exec(line)?.[1];
    if (key !== undefined) {
      section = new Map();
      sections.set(key, section);
      depth = 0;
    } else if (/^\S/.test(line) && !line.startsWith('#')) section = undefined;
    const child = /^(\s+)["']?([\w./-]+)["']?\s*:/.exec(line);
    if (child !== null && section !== undefined && (depth === 0 || depth === child[1]?.length)) {
      depth = child[1]?.length ?? 0;
      section.set(child[2] ?? '', offset + line.indexOf(child[2] ?? ''));
    }
    offset += line.length + 1;
  }
  return sections;
}

function findRemoved(text: string): Found[] {
  const components = readComponents(text);
  return Object.entries(REMOVED).flatMap(([section, removed]) => [...components.get(section) ?? []].flatMap(([name, offset]) => {
    const advice = Object.hasOwn(removed, name.split('/')[0] ?? '') ? removed[name.split('/')[0] ?? ''] : undefined;
    return advice === undefined ? [] : [find('removed-component', offset, name.length, `Found \`${name}\` below ${section}, which the Collector has no more: it refuses the file. Replace it: ${advice}.`)];
  }));
}

/** Only in a file that has all sections that its pipelines speak of: others may be merged with one that defines the rest. */
function findUndefined(text: string): Found[] {
  const components = readComponents(text);
  if (!components.has('service') || /\.{3}|…|<<:|\$\{file:/.test(text)) return [];
  return [...text.matchAll(/^\s+(receivers|processors|exporters|extensions)\s*:\s*\[([^\]\n]*)\]/gm)].flatMap((match) => {
    const [all, section = '', list = ''] = match;
    const defined = components.get(section);
    if (defined === undefined || defined.size === 0 || !SECTIONS.slice(0, 3).every((one) => one === 'processors' || components.has(one))) return [];
    return list.split(',').map((name) => name.trim().replace(/^["']|["']$/g, '')).filter((name) => name !== '' && !defined.has(name) && components.get('connectors')?.has(name) !== true)
      .map((name) => find('undefined-component', match.index + all.lastIndexOf(name), name.length, `Found \`${name}\` in a pipeline, which the file does not define below ${section}: the Collector refuses it. Define it there, or correct the name.`));
  });
}
