import { parser as logqlParser } from '@grafana/lezer-logql';
import { parser as promqlParser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import type { QueryLanguage } from '../../dashboard/model.ts';
import { unitOfQuery } from '../../model/unit.ts';
import { childrenOf, findNodes } from '../support/syntax.ts';
import { suggest } from '../support/suggest.ts';
import ids from './units.json' with { type: 'json' };

/** What a query answers in. */
export type Measure = 'seconds' | 'milliseconds' | 'bytes' | 'ratio' | 'percent' | 'count' | 'per second' | 'bytes per second';

/** Which of Grafana's units say so; the first is advised. */
const FITTING: Readonly<Record<Measure, readonly string[]>> = {
  seconds: ['s', 'dtdurations', 'dthms', 'dtdhms', 'clocks'],
  milliseconds: ['ms', 'dtdurationms', 'clockms'],
  bytes: ['bytes', 'decbytes'],
  ratio: ['percentunit'],
  percent: ['percent'],
  count: [],
  'per second': ['reqps', 'ops', 'cps', 'rps', 'wps', 'iops', 'eps', 'mps', 'recps', 'rowsps', 'pps', 'hertz'],
  'bytes per second': ['Bps', 'binBps'],
};
/** Units that say nothing of what is counted. */
const NEUTRAL = new Set(['none', 'short', 'sishort', 'locale', 'string', 'sci', 'hex', 'hex0x', 'pixel']);
/** Units with a meaning that a query of Prometheus or Loki can contradict: the others (volts, litres) are left alone. */
const MEANT = new Set([
  ...Object.values(FITTING).flat(), 'ns', 'µs', 'm', 'h', 'd', 'timeticks', 'bits', 'decbits', 'kbytes', 'deckbytes', 'mbytes', 'decmbytes', 'gbytes', 'decgbytes', 'tbytes', 'dectbytes', 'bps', 'binbps', 'KBs', 'KiBs', 'MBs', 'MiBs', 'GBs', 'GiBs',
  'cpm', 'opm', 'reqpm', 'rpm', 'wpm', 'epm', 'mpm', 'recpm', 'rowspm', 'ppm',
]);
/** What people write for a unit, where it is not near in letters. */
const MEANINGS: ReadonlyMap<string, string> = new Map(Object.entries({
  seconds: 's', second: 's', sec: 's', milliseconds: 'ms', millis: 'ms', minutes: 'm', hours: 'h', byte: 'bytes', 'bytes/sec': 'Bps', 'bytes/s': 'Bps', 'B/s': 'Bps', '%': 'percent', percentage: 'percent', ratio: 'percentunit', 'req/s': 'reqps', 'req/sec': 'reqps', 'requests/s': 'reqps', 'requests/sec': 'reqps', 'ops/s': 'ops', number: 'short',
}));
const WRITTEN_OUT: Readonly<Record<Measure, string>> = {
  seconds: 'seconds', milliseconds: 'milliseconds', bytes: 'bytes', ratio: 'a share, of which 1 is all', percent: 'a percentage from 0 to 100', count: 'a count', 'per second': 'something per second', 'bytes per second': 'bytes per second',
};

/** What is wrong with a unit by itself; undefined where Grafana knows it, or it is one of somebody's own (`suffix: orders`). */
export function explainUnit(unit: string): string | undefined {
  if (unit === '' || ids.includes(unit) || /^(?:prefix|suffix|time|si|count|currency|bool):/.test(unit) || unit.includes('$')) return undefined;
  const near = MEANINGS.get(unit) ?? suggest(unit, ids);
  return `Found the unit \`${unit}\`, which Grafana does not have: it prints the word behind the number and scales nothing. ${near === undefined ? `For a unit of your own write \`suffix: ${unit}\`.` : `Did you mean \`${near}\`?`}`;
}

/** Why a panel's unit does not fit what its query answers; undefined where it does, and where nobody can tell. */
export function explainContradiction(unit: string, language: QueryLanguage, query: string): string | undefined {
  const measure = measureOf(language, query);
  if (measure === undefined || NEUTRAL.has(unit) || !MEANT.has(unit) || FITTING[measure].includes(unit)) return undefined;
  return `Found the unit \`${unit}\` for a query that answers ${WRITTEN_OUT[measure]}, expected \`${FITTING[measure][0] ?? 'short'}\`: what the panel shows is off by a factor, or means something else. Change the unit, or the query.`;
}

/** By the names of metrics, fields and functions. Undefined: nothing is claimed. */
export function measureOf(language: QueryLanguage, query: string): Measure | undefined {
  if (language === 'jaeger') return undefined;
  return language === 'promql' ? measurePromql(query) : measureLogql(query);
}

/** A constant factor at the outside changes the scale: `1000 *` and `* 100`. */
function measurePromql(query: string): Measure | undefined {
  const top = promqlParser.parse(query).topNode.firstChild;
  const operands = top?.name === 'BinaryExpr' && top.getChild('Mul') !== null ? childrenOf(top).filter(({ name }) => name !== 'Mul').map((node) => ({ name: node.name, text: query.slice(node.from, node.to) })) : [];
  const factor = operands.find(({ name }) => name === 'NumberDurationLiteral');
  const scaled = operands.find((operand) => operand !== factor);
  if (factor === undefined || scaled === undefined) return unitOfQuery('promql', query);
  const unit = unitOfQuery('promql', scaled.text);
  if (factor.text === '100') return unit === 'ratio' ? 'percent' : undefined;
  return factor.text === '1000' && unit === 'seconds' ? 'milliseconds' : undefined;
}

const LOGQL: Readonly<Record<string, Measure>> = { Rate: 'per second', CountOverTime: 'count', BytesRate: 'bytes per second', BytesOverTime: 'bytes' };

/** Every range of the query must say the same; divided by one another they are a share. */
function measureLogql(query: string): Measure | undefined {
  const root = logqlParser.parse(query).topNode;
  const found = new Set(findNodes(root, 'RangeAggregationExpr').map((call) => measureRange(call, query)));
  const [only] = [...found];
  if (found.size !== 1 || only === undefined) return undefined;
  const operations = findNodes(root, 'BinOpExpr');
  if (operations.length === 0) return only;
  return operations.length === 1 && operations[0]?.getChild('Div') !== null && operations[0]?.getChildren('Expr').length === 2 && findNodes(root, 'LiteralExpr').length === 0 ? 'ratio' : undefined;
}

function measureRange(call: SyntaxNode, query: string): Measure | undefined {
  const op = call.getChild('RangeOp')?.firstChild?.name ?? '';
  const [unwrap] = findNodes(call, 'UnwrapExpr');
  if (unwrap === undefined) return LOGQL[op];
  if (op === 'Rate' || op === 'CountOverTime') return undefined;
  const field = /unwrap\s+(\w+\()?(\w+)/.exec(query.slice(unwrap.from, unwrap.to));
  if (field?.[1] !== undefined) return /^duration/.test(field[1]) ? 'seconds' : /^bytes/.test(field[1]) ? 'bytes' : undefined;
  return /_ms$/.test(field?.[2] ?? '') ? 'milliseconds' : /_seconds$/.test(field?.[2] ?? '') ? 'seconds' : /_bytes$/.test(field?.[2] ?? '') ? 'bytes' : undefined;
}
