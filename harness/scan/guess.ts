import type { Kind, Piece, Sample } from './model.ts';
import { readYamlKind } from './yaml-kind.ts';

export interface Guess {
  readonly kind: Kind;
  readonly because: string;
  /** Against its tag, or without one. */
  readonly isGuess?: boolean;
}

const BY_TAG: Readonly<Record<string, Kind>> = {
  promql: 'promql', logql: 'logql', mermaid: 'mermaid', sh: 'shell', typescript: 'typescript', python: 'python', openmetrics: 'exposition', jsonl: 'json-lines', json: 'json', http: 'http', sql: 'sql', postgresql: 'sql', postgres: 'sql', pgsql: 'sql', psql: 'sql',
};
/** Tags that files of Fluent Bit and Fluentd have. */
const CONFIG_TAGS = ['', 'text', 'ini', 'conf', 'config', 'cfg', 'apache', 'xml', 'properties', 'toml', 'fluentd', 'fluent', 'fluentbit', 'fluent-bit', 'html', 'aconf', 'nginx'];
const NO_TAG = ['', 'text', 'output'];

/** What a sample is: by its content where that is beyond doubt, else by its tag. `yaml` is looked into later, piece by piece. */
export function guessKind(sample: Sample): Guess {
  const { language, title, text } = sample.block;
  const tag = NO_TAG.includes(language) ? titleTag(title) ?? language : language;
  if (text.trim() === '') return { kind: 'text', because: 'it is empty' };
  if (/^\s*(?:GET|POST|PUT|DELETE|PATCH|HEAD)\s+(?:\/|https?:)\S*/.test(text) || /^\s*HTTP\/\d/.test(text)) return { kind: 'http', because: 'it begins with a request or an answer of HTTP', isGuess: tag !== 'http' };
  if (isExposition(text)) return { kind: 'exposition', because: 'it has TYPE or HELP lines', isGuess: !['prometheus', 'openmetrics'].includes(tag) };
  if (tag === 'yaml' && /^(?:\s*#[^\n]*\n)*\s*\{/.test(text) && guessJson(text).kind === 'dashboard') return guessJson(text);
  if (tag === 'yaml') return { kind: 'yaml', because: `it is tagged ${language === '' ? `by its title ${title ?? ''}` : 'YAML'}` };
  if (tag === 'prometheus') return { kind: 'promql', because: 'it is tagged prometheus', isGuess: true };
  if (['dockerfile', 'docker', 'containerfile'].includes(tag) && /^\s*(?:#.*\n\s*)*[A-Z]{3,}\s/.test(text)) return { kind: 'dockerfile', because: `it is tagged ${tag}` };
  if (CONFIG_TAGS.includes(tag) && isFluent(text)) return { kind: 'fluent', because: 'it has sections of Fluent Bit or Fluentd', isGuess: tag === '' };
  const known = BY_TAG[tag];
  if (known === 'shell') return guessShell(text);
  if (known === 'json') return guessJson(text);
  if (known !== undefined) return { kind: known, because: `it is tagged ${tag}` };
  if (NO_TAG.includes(language)) return guessUntagged(text);
  return { kind: 'text', because: `it is tagged ${tag}, which nothing here judges` };
}

function titleTag(title: string | undefined): string | undefined {
  const ending = /\.([A-Za-z]+)$/.exec(title ?? '')?.[1]?.toLowerCase();
  return ({ yml: 'yaml', yaml: 'yaml', json: 'json', jsonl: 'jsonl', ts: 'typescript', py: 'python', sh: 'sh' } as Readonly<Record<string, string>>)[ending ?? ''];
}

export function isExposition(text: string): boolean {
  return /^# (?:TYPE|HELP) [A-Za-z_:][\w:]*\s/m.test(text) && /^[A-Za-z_:][\w:]*(?:\{[^}]*\})?\s+[-+\d.NaInf]+/m.test(text);
}

/** `[INPUT]` with a `Name`, or `<source>` with a `@type`: nobody else writes so. */
function isFluent(text: string): boolean {
  return (/^\s*\[(?:INPUT|OUTPUT|FILTER|PARSER)\]\s*$/m.test(text) && /^\s*Name[ \t]+\S/im.test(text)) || (/^\s*<(?:source|match|filter)\b[^>]*>\s*$/m.test(text) && /^\s*@type\s/m.test(text));
}

/** YAML of rules under the tag of a shell: the comments above belong to it. */
function guessShell(text: string): Guess {
  const body = text.split('\n').filter((line) => !/^\s*#/.test(line)).join('\n');
  const { kind } = readYamlKind(body);
  return /^\s*- (?:alert|record):\s/m.test(body) && kind === 'rules' ? { kind: 'rules', because: 'its entries are alerting or recording rules', isGuess: true } : { kind: 'shell', because: 'it is tagged as a shell' };
}

function guessJson(text: string): Guess {
  const isDashboard = /"panels"\s*:\s*\[/.test(text) && /"(?:targets|type|gridPos)"\s*:/.test(text);
  return isDashboard ? { kind: 'dashboard', because: 'it has `panels`, as dashboards of Grafana have' } : { kind: 'json', because: 'it is tagged JSON' };
}

/** Only what can hardly be anything else. */
function guessUntagged(text: string): Guess {
  const because = 'it has no tag';
  if (/^\s*[[{][\s\S]*[\]}]\s*$/.test(text) && /"\w+"\s*:/.test(text)) return { ...guessJson(text), because: `${because}, and looks like JSON`, isGuess: true };
  const { kind, because: why } = readYamlKind(text);
  if (kind !== 'yaml' && kind !== 'compose-services') return { kind: 'yaml', because: `${because}, and ${why}`, isGuess: true };
  return { kind: 'text', because: `${because}, and nothing says for sure what it is` };
}

/** A piece that is all of its sample. */
export function wholePiece(sample: Sample, guess: Guess): Piece {
  return { sample, kind: guess.kind, text: sample.block.text, offset: 0, because: guess.because, ...(guess.isGuess === true ? { isGuess: true } : {}) };
}
