import { parseTree, type Node } from 'jsonc-parser';
import { json } from '../checkers/json.ts';
import { PANEL_TYPES, RETIRED_PANELS } from '../checkers/dashboard/panel-types.ts';
import { findLogqlMistake } from '../checkers/support/logql-syntax.ts';
import { findPromqlMistake } from '../checkers/support/promql-syntax.ts';
import { excuse, excuseIn } from './excuses.ts';
import { askChecker } from './judge-with-checker.ts';
import type { Found, Judge, Outcome, Piece } from './model.ts';
import { find } from './rules.ts';

/** JSON, also several values in one fence; comments and parts of an object are nobody's fault. */
export const judgeJson: Judge = async (pieces, context) => {
  const broken = pieces.filter(({ text }) => !isJson(text) && !text.split('\n').every((line) => line.trim() === '' || isJson(line)) && !text.split(/\n\s*\n/).every(isJson));
  const plain = broken.filter((piece) => doubtJson(piece) === undefined && excuse(piece) === undefined);
  const found = await askChecker(json, plain, () => ({ language: 'json' }), context);
  return new Map(pieces.map((piece): [Piece, Outcome] => {
    if (!broken.includes(piece)) return [piece, { kind: 'passed', depth: 'parsed' }];
    const own = found.get(piece) ?? [];
    if (own.length > 0) return [piece, { kind: 'failed', depth: 'parsed', found: own }];
    return [piece, { kind: 'unknown', reason: `it is not JSON as it stands, which need not be wrong: ${doubtJson(piece) ?? excuse(piece) ?? 'programs differ on it'}` }];
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

/** Files that are called JSON, and whose programs read more than that. */
const MORE_THAN_JSON = /\.vscode\b|\b(?:settings|launch|tasks|extensions|devcontainer|[tj]sconfig[\w.-]*|renovate)\.json\b|\.code-workspace\b|\.eslintrc|\.swcrc|\bjsonc\b|\bjson5\b/i;

function doubtJson({ text, sample }: Piece): string | undefined {
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"/g, '""').trim();
  if (!/^[{[]/.test(bare)) return 'it does not begin with an object or a list';
  if (/\/\/|\/\*|^\s*#/m.test(bare)) return 'comments stand in it';
  if (/^\}\s*[{[]|\}\s*\n\s*\{/m.test(bare)) return 'several values stand in it';
  if (!/[}\]]$/.test(bare)) return 'it ends in the middle';
  if (/'|(?:^|[{,])\s*[A-Za-z_$][\w$]*\s*:/m.test(bare)) return 'it is a value of JavaScript';
  if (/\$\w+\s*\(/.test(bare)) return 'expressions of another language stand in it';
  if (/,\s*[}\]]/.test(bare) && MORE_THAN_JSON.test(`${sample.before}\n${sample.heading}\n${sample.block.title ?? ''}\n${sample.info}`)) return 'the program that reads the file takes a comma at the end';
  if (/[:,[]\s*(?!(?:true|false|null|True|False|None|undefined|NaN)\b)[A-Za-z_]\w*\s*(?=[,}\]\n])/.test(bare)) return 'a placeholder is to be filled in';
  return /[\w"]\s*\|\s*[\w"]/.test(bare) ? 'it is reference notation, no sample' : undefined;
}

/** Dashboards of Grafana: JSON, types of panels, and queries that are neither PromQL nor LogQL. */
export const judgeDashboard: Judge = async (pieces, context) => {
  const asJson = await judgeJson(pieces.map((piece) => ({ ...piece, text: fillIn(piece.text) })), context);
  const outcomes = new Map(pieces.map((piece, index) => [piece, [...asJson.values()][index]]));
  return new Map(pieces.map((piece): [Piece, Outcome] => {
    const outcome = outcomes.get(piece) ?? { kind: 'unknown', reason: 'nothing judged it' };
    if (outcome.kind !== 'passed') return [piece, outcome];
    const doubt = excuse({ ...piece, text: '' });
    const found = doubt === undefined ? readPanels(parseTree(fillIn(piece.text))).flatMap((panel) => judgePanel(panel, piece.text)) : [];
    return [piece, found.some(({ level }) => level === 'error') ? { kind: 'failed', depth: 'checked', found } : fillIn(piece.text) === piece.text ? { ...outcome, found } : { kind: 'unknown', reason: 'something is left out of it', found }];
  }));
};

/** Comments and `[...]` made into what JSON has there, character for character: types of panels are told without. */
function fillIn(text: string): string {
  return text.replace(/^[ \t]*#[^\n]*/gm, (line) => ' '.repeat(line.length)).replace(/\[\s*\.{3}\s*\]/g, (list) => `[${' '.repeat(list.length - 2)}]`);
}

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
  if (typeof value !== 'string' || PANEL_TYPES.has(value) || value.startsWith('$')) return [];
  const successor = RETIRED_PANELS.get(value);
  if (successor !== undefined) return [find('retired-panel', offset, length, `Found a panel of type \`${value}\`, which Grafana has no more: it shows another in its place. Write \`${successor}\`.`)];
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
