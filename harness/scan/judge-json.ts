import { parseTree, type Node } from 'jsonc-parser';
import { json } from '../checkers/json.ts';
import { findLogqlMistake } from '../checkers/support/logql-syntax.ts';
import { findPromqlMistake } from '../checkers/support/promql-syntax.ts';
import { excuse, excuseIn } from './excuses.ts';
import { askChecker } from './judge-with-checker.ts';
import type { Found, Judge, Outcome, Piece } from './model.ts';
import { find } from './rules.ts';

/** JSON, also several values in one fence; comments and parts of an object are nobody's fault. */
export const judgeJson: Judge = async (pieces, context) => {
  const broken = pieces.filter(({ text }) => !isJson(text) && !text.split('\n').every((line) => line.trim() === '' || isJson(line)) && !text.split(/\n\s*\n/).every(isJson));
  const plain = broken.filter((piece) => doubtJson(piece.text) === undefined && excuse(piece) === undefined);
  const found = await askChecker(json, plain, () => ({ language: 'json' }), context);
  return new Map(pieces.map((piece): [Piece, Outcome] => {
    if (!broken.includes(piece)) return [piece, { kind: 'passed', depth: 'parsed' }];
    const own = found.get(piece) ?? [];
    if (own.length > 0) return [piece, { kind: 'failed', depth: 'parsed', found: own }];
    return [piece, { kind: 'unknown', reason: `it is not JSON as it stands, which need not be wrong: ${doubtJson(piece.text) ?? excuse(piece) ?? 'programs differ on it'}` }];
  }));
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function doubtJson(text: string): string | undefined {
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"/g, '""').trim();
  if (!/^[{[]/.test(bare)) return 'it does not begin with an object or a list';
  if (/\/\/|\/\*|^\s*#/m.test(bare)) return 'comments stand in it';
  if (/^\}\s*[{[]|\}\s*\n\s*\{/m.test(bare)) return 'several values stand in it';
  if (!/[}\]]$/.test(bare)) return 'it ends in the middle';
  return /'|^\s*[A-Za-z_$][\w$]*\s*:/m.test(bare) ? 'it is a value of JavaScript' : undefined;
}

const PANELS = new Set([
  'alertlist', 'annolist', 'barchart', 'bargauge', 'candlestick', 'canvas', 'dashlist', 'datagrid', 'debug', 'flamegraph', 'gauge', 'geomap', 'gettingstarted', 'heatmap', 'histogram', 'live', 'logs', 'news', 'nodeGraph', 'piechart', 'row', 'stat', 'state-timeline',
  'status-history', 'table', 'text', 'timeseries', 'traces', 'trend', 'welcome', 'xychart', 'pluginlist', 'bargauge-old', 'xychart-old', 'library-panel-ref',
]);
const RETIRED = new Set(['graph', 'singlestat', 'table-old']);

/** Dashboards of Grafana: JSON, types of panels, and queries that are neither PromQL nor LogQL. */
export const judgeDashboard: Judge = async (pieces, context) => {
  const asJson = await judgeJson(pieces, context);
  return new Map(pieces.map((piece): [Piece, Outcome] => {
    const outcome = asJson.get(piece) ?? { kind: 'unknown', reason: 'nothing judged it' };
    if (outcome.kind !== 'passed') return [piece, outcome];
    const doubt = excuse({ ...piece, text: '' });
    const found = doubt === undefined ? readPanels(parseTree(piece.text)).flatMap((panel) => judgePanel(panel, piece.text)) : [];
    return [piece, found.some(({ level }) => level === 'error') ? { kind: 'failed', depth: 'checked', found } : { ...outcome, found }];
  }));
};

const member = (node: Node, name: string): Node | undefined => node.children?.find((one) => one.children?.[0]?.value === name)?.children?.[1];

function readPanels(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  const panels = node.type === 'object' ? member(node, 'panels')?.children ?? [] : [];
  return [...panels, ...(node.children ?? []).flatMap((child) => readPanels(child))];
}

function judgePanel(panel: Node, text: string): Found[] {
  const type = member(panel, 'type');
  const alert = member(panel, 'alert');
  return [...(type === undefined ? [] : judgeType(type)), ...(alert?.type === 'object' ? [find('retired-panel', alert.offset, 1, 'Found an alert in a panel, which Grafana reads no more. Write an alerting rule.')] : []), ...(member(panel, 'targets')?.children ?? []).flatMap((target) => judgeTarget(target, text))];
}

function judgeType({ value, offset, length }: Node): Found[] {
  if (typeof value !== 'string' || PANELS.has(value) || value.startsWith('$')) return [];
  if (RETIRED.has(value)) return [find('retired-panel', offset, length, `Found a panel of type \`${value}\`, which Grafana has no more: it shows another in its place. Write \`${value === 'singlestat' ? 'stat' : value === 'graph' ? 'timeseries' : 'table'}\`.`)];
  // Panels of plugins are named after whoever makes them.
  if (/-(?:panel|app|datasource)$/.test(value) || !/^(?:trace|tempo|log|time|graph|stat|bar|pie|table|node|heat|gauge)/.test(value)) return [];
  return [find('unknown-panel', offset, length, `Found a panel of type \`${value}\`, which Grafana does not have and no plugin is called. Write one such as \`timeseries\`, \`table\`, \`logs\` or \`traces\`.`)];
}

function judgeTarget(target: Node, text: string): Found[] {
  const node = target.type === 'object' ? member(target, 'expr') : undefined;
  if (node === undefined || typeof node.value !== 'string' || node.value.trim() === '') return [];
  const query = node.value.replace(/\$__(?:rate_)?interval\b|\$\{?__(?:range|interval|rate_interval)\w*\}?|(?<=\[)\$\{?\w+\}?(?=[\]:])/g, '5m');
  const mistake = findLogqlMistake(query);
  if (findPromqlMistake(query) === undefined || mistake === undefined || excuseIn(query) !== undefined || /\$\{?\w|\[\[/.test(query.replace(/"[^"]*"/g, ''))) return [];
  // Single quotes are PromQL's and no LogQL's; what is neither with them or without is another language.
  const words = /^Found single quotes/.test(mistake.message) ? mistake.message : undefined;
  return words === undefined ? [] : [find('bad-query', node.offset, Math.min(node.length, text.length - node.offset), words)];
}
