import type { Block } from '../model/block.ts';
import type { TextRange } from '../model/place.ts';
import { readRuleFile, rulesOf } from '../rule-file/rule-file.ts';
import type { Sample } from './fault.ts';

/** What the tags in `lang=` of a diff are checked as. */
const DIALECTS: Readonly<Record<string, string>> = { ts: 'typescript', python: 'python', py: 'python', yaml: 'rules', sh: 'shell' };
const QUERY_IN_SHELL = /\{\s*\w+\s*(?:=~|!~|!=|=)\s*"|\[\d+[smhd]\]/;
const COMMENTS: Readonly<Record<string, RegExp>> = {
  typescript: /(?<=^|\s)\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
  ...Object.fromEntries(['python', 'shell', 'promql', 'logql', 'rules', 'prometheus-config', 'alertmanager-config', 'compose', 'loki-config', 'collector-config', 'grafana-provisioning'].map((dialect) => [dialect, /(?<=^|\s)#[^\n]*/g])),
};
/** Texts for people: what they say no program can judge. */
const PROSE: Readonly<Record<string, RegExp>> = { rules: /^\s*(?:summary|description|runbook_url):[^\n]*/gm, typescript: /^\s*help:[^\n]*/gm, dashboard: /"(?:title|description|legendFormat)"\s*:\s*"[^"\n]*"/g, python: /"""[\s\S]*?"""/g };

/** How faults read a block. @param kind name of its checker */
export function readSample(block: Block, kind: string): Sample {
  const dialect = kind === 'diff' ? (DIALECTS[String(block.attributes.get('lang')?.value)] ?? 'diff') : kind === 'loki-rules' ? 'rules' : kind;
  return { dialect, text: block.text, queries: findQueries(dialect, block.text) };
}

/** Whether a change is of something that a reader sees and a program reads: no hidden line, no comment, no prose. */
export function readsChange(block: Block, { dialect, text }: Sample): (change: TextRange) => boolean {
  const left = [COMMENTS[dialect], PROSE[dialect]].flatMap((pattern) => (pattern === undefined ? [] : [...text.matchAll(pattern)].map((match) => ({ from: match.index, to: match.index + match[0].length }))));
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  return ({ offset, length }) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return block.lines[line]?.shown === true && !left.some(({ from, to }) => offset < to && from < offset + length);
  };
}

function findQueries(dialect: string, text: string): readonly TextRange[] {
  if (dialect === 'promql' || dialect === 'logql') return [{ offset: 0, length: text.length }];
  if (dialect === 'rules') return rulesOf(readRuleFile(text)).map(({ expression }) => expression.range);
  if (dialect === 'dashboard') return [...text.matchAll(/"expr"\s*:\s*"((?:[^"\\\n]|\\.)*)"/gd)].map(({ indices }) => ({ offset: indices?.[1]?.[0] ?? 0, length: (indices?.[1]?.[1] ?? 0) - (indices?.[1]?.[0] ?? 0) }));
  if (dialect !== 'shell') return [];
  return [...text.matchAll(/'([^']*)'/gd)].flatMap((match) => {
    const [start, end] = match.indices?.[1] ?? [0, 0];
    return QUERY_IN_SHELL.test(match[1] ?? '') ? [{ offset: start, length: end - start }] : [];
  });
}
