import { parser as logqlParser } from '@grafana/lezer-logql';
import { parser as promqlParser } from '@prometheus-io/lezer-promql';
import { forEachChild, parse, type Command, type SyntaxNode, type Word } from 'unbash';
import type { Block } from '../../model/block.ts';
import type { CheckContext, Finding } from '../../model/checker.ts';
import type { Dataset } from '../../model/dataset.ts';
import type { TextRange } from '../../model/place.ts';
import { indexLogs } from '../support/field-index.ts';
import { findLogqlMistakes } from '../support/logql-names.ts';
import { findLogqlMistake } from '../support/logql-syntax.ts';
import { indexDataset, withRecordings, type MetricIndex } from '../support/metric-index.ts';
import { findSelectorMistakes } from '../support/promql-names.ts';
import { readSelectors } from '../support/promql-selectors.ts';
import { findPromqlMistake } from '../support/promql-syntax.ts';
import { findWorld } from '../support/world.ts';

type Found = Omit<Finding<'unknown-name'>, 'block'>;

/** A query that a command sends as it stands, and where its characters stand in the block. */
interface SentQuery {
  readonly language: 'promql' | 'logql';
  readonly text: string;
  readonly offsets: readonly number[];
}
/** Made by Prometheus itself, whatever it scrapes. */
const BUILT_IN = /^(?:up|scrape_\w+|ALERTS(?:_FOR_STATE)?)$/;
const NAMES = new Set(['unknown-label', 'unknown-label-value', 'unknown-field', 'unknown-field-value']);

/**
 * Metrics, labels and fields that commands ask for and that the block's dataset does not have. Queries with something of the shell in them, and
 * those that are not valid, say themselves what they are when they run. What they are grouped by is not asked: it changes no number.
 */
export function checkQueries(block: Block, context: CheckContext): Found[] {
  if (block.attributes.has('empty') || block.attributes.has('rejects')) return [];
  const queries = sentQueries(block.text);
  const world = queries.length === 0 ? undefined : findWorld({ ...block, attributes: withoutContinues(block) }, context);
  return world?.kind === 'dataset' ? queries.flatMap((query) => judge(query, world.dataset, context)) : [];
}

/** A shell block continues another one of its kind, and is asked of the same dataset. */
function withoutContinues({ attributes }: Block): Block['attributes'] {
  return new Map([...attributes].filter(([name]) => name !== 'continues'));
}

function judge({ language, text, offsets }: SentQuery, dataset: Dataset, context: CheckContext): Found[] {
  const found = language === 'promql' ? judgePromql(text, { ...withRecordings(indexDataset(dataset), context.allBlocks), alsoNamed: BUILT_IN }) : judgeLogql(text, dataset);
  return found.map(({ range, message }) => {
    const [start = 0, end = start] = [offsets[range.offset], offsets[range.offset + Math.max(0, range.length - 1)]];
    return { rule: 'unknown-name', range: { offset: start, length: end - start + 1 }, message };
  });
}

function judgePromql(text: string, index: MetricIndex): readonly { readonly range: TextRange; readonly message: string }[] {
  return findPromqlMistake(text) === undefined ? findSelectorMistakes(readSelectors(promqlParser.parse(text).topNode, text), index) : [];
}

function judgeLogql(text: string, dataset: Dataset): readonly { readonly range: TextRange; readonly message: string }[] {
  return findLogqlMistake(text) === undefined ? findLogqlMistakes(logqlParser.parse(text).topNode, text, indexLogs(dataset)).filter(({ rule }) => NAMES.has(rule)) : [];
}

function sentQueries(text: string): SentQuery[] {
  const found: SentQuery[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command') found.push(...queriesOf(node, text));
    forEachChild(node, visit);
  };
  visit(parse(text));
  return found;
}

function queriesOf(command: Command, text: string): SentQuery[] {
  const words = command.args.filter((each): each is Word => each.type === 'Word');
  const program = command.name?.value;
  if (program === 'curl') {
    const language = languageOf(words.map(({ value }) => value).join(' '));
    return language === undefined ? [] : words.flatMap((word) => read(word, text, language, 'query='));
  }
  // The first word after the address, or after the options.
  if (program === 'promtool' && words[0]?.value === 'query' && /^(?:instant|range)$/.test(words[1]?.value ?? '')) return words.slice(2).filter(({ value }) => /[({]/.test(value)).slice(0, 1).flatMap((word) => read(word, text, 'promql', ''));
  if (program === 'logcli' && /query$/.test(words[0]?.value ?? '')) return words.slice(1).filter(({ value }) => value.includes('{')).slice(0, 1).flatMap((word) => read(word, text, 'logql', ''));
  return [];
}

function languageOf(address: string): SentQuery['language'] | undefined {
  if (/:3100\/loki\/api\/v1\/query(?:_range)?\b/.test(address)) return 'logql';
  return /:9090\/api\/v1\/query(?:_range|_exemplars)?\b/.test(address) ? 'promql' : undefined;
}

/** A word in one pair of quotes, without anything that the shell would replace; `\"` and `\\` stand for what follows. */
function read({ pos, end }: Word, text: string, language: SentQuery['language'], prefix: string): SentQuery[] {
  const raw = text.slice(pos, end);
  const quote = raw[0] ?? '';
  if ((quote !== "'" && quote !== '"') || !raw.endsWith(quote) || !raw.startsWith(prefix, 1)) return [];
  const [offsets, inner]: [number[], string[]] = [[], []];
  for (let at = 1 + prefix.length; at < raw.length - 1; at += 1) {
    if (raw[at] === quote || (quote === '"' && /[$`]/.test(raw[at] ?? ''))) return [];
    if (quote === '"' && raw[at] === '\\' && /["\\$`]/.test(raw[at + 1] ?? '')) at += 1;
    offsets.push(pos + at);
    inner.push(raw[at] ?? '');
  }
  return [{ language, text: inner.join(''), offsets }];
}
