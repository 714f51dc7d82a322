import { parseTree, type Node } from 'jsonc-parser';
import { readDataSources } from '../dashboard/data-sources.ts';
import { readDashboard } from '../dashboard/read-dashboard.ts';
import type { Block } from '../model/block.ts';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Rule } from '../model/diagnostic.ts';
import { judgePanels } from './dashboard/panels.ts';
import { judgeQueries } from './dashboard/queries.ts';
import { judgeShape } from './dashboard/shape.ts';
import { judgeVariables } from './dashboard/variables.ts';
import { jaeger } from './jaeger.ts';
import { findJsonMistakes } from './json.ts';
import { logql } from './logql.ts';
import { promql } from './promql.ts';
import { findWorld } from './support/world.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The dashboard is not JSON, or has a key twice.' },
  'wrapped': { level: 'error', summary: 'The dashboard stands in the envelope of an API: a file that is provisioned has the bare model.' },
  'invalid-field': { level: 'error', summary: "A key or value is none of Grafana's." },
  'panel-type': { level: 'error', summary: 'Grafana has no panel of this type, or has it no more.' },
  'panel-alert': { level: 'error', summary: 'A panel has an alert, which Grafana reads no more.' },
  'data-source': { level: 'error', summary: 'A data source is not named by a uid that is provisioned.' },
  'duplicate-id': { level: 'error', summary: 'Two panels have one id.' },
  'grid': { level: 'error', summary: 'A panel has no place, lies over another, or beyond the last column.' },
  'no-query': { level: 'error', summary: 'A panel asks nothing.' },
  'query': { level: 'error', summary: 'A query does not parse, or names what its data does not have.' },
  'undefined-variable': { level: 'error', summary: 'A variable is used that nobody defines.' },
  'unused-variable': { level: 'error', summary: 'A variable is defined that nothing uses.' },
  'several-values': { level: 'error', summary: 'A variable that may hold several values is compared with `=`.' },
  'unknown-unit': { level: 'error', summary: 'A unit is none of Grafana\'s.' },
  'wrong-unit': { level: 'error', summary: 'A unit contradicts what the query answers.' },
  'link-variable': { level: 'error', summary: 'A link of a panel uses what only links of its data know.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

/** Dashboards of Grafana: its own types, panels that fit, and every query as the query's own language. Then each is asked of the real backends. */
export const dashboard = defineChecker({
  name: 'dashboard',
  languages: ['json'],
  titles: ['dashboards/*.json', '*.dashboard.json'],
  recognises: isDashboard,
  attributes: ['dataset', 'expect', 'at'],
  rules,
  backend: 'dashboard',
  checkedOnly: ({ text }) => (isSecondSchema(text) ? 'dashboards of the second schema, which Grafana keeps as resources, are not judged yet' : undefined),
  async check(blocks, context, signal) {
    const found = await Promise.all(blocks.map(async (block) => (await checkBlock(block, context, signal)).map((one) => ({ block, ...one }))));
    return found.flat();
  },
});

/** By `grafana` or `dashboard` in its title, or by what stands in it. */
function isDashboard({ title, text }: Block): boolean {
  return /grafana.*\.json$|dashboard.*\.json$/i.test(title ?? '') || /"panels"\s*:\s*\[/.test(text) && (/"(?:schemaVersion|targets|gridPos)"\s*:/.test(text) || /^\s*\{\s*"dashboard"\s*:\s*\{/.test(text)) || isSecondSchema(text);
}

function isSecondSchema(text: string): boolean {
  return /"apiVersion"\s*:\s*"dashboard\.grafana\.app\//.test(text);
}

async function checkBlock(block: Block, context: CheckContext, signal: AbortSignal): Promise<Found[]> {
  const mistakes = block.text.trim() === '' ? [{ range: { offset: 0, length: 0 }, message: 'Found an empty block, expected a dashboard. Write it, or remove the block.' }] : findJsonMistakes(block.text, 0);
  if (mistakes.length > 0) return mistakes.map((mistake) => ({ rule: 'syntax-error', ...mistake }));
  const root = parseTree(block.text);
  if (root === undefined || isSecondSchema(block.text)) return [];
  if (root.type !== 'object') return [{ rule: 'invalid-field', range: { offset: root.offset, length: root.length }, message: 'Found no object, expected a dashboard: `{"title": …, "panels": […]}`. Write it so.' }];
  const envelope = root.children?.find(({ children }) => children?.[0]?.value === 'dashboard' && children[1]?.type === 'object');
  const [key, model] = envelope?.children ?? [];
  if (key === undefined || model === undefined) return judgeModel(root, block, context, signal);
  return [{ rule: 'wrapped', range: { offset: key.offset, length: key.length }, message: 'Found the dashboard inside `dashboard`, as the HTTP API takes it, expected the bare model: in a file that is provisioned, Grafana looks for title and panels outside, and refuses it. Take the envelope off.' }, ...await judgeModel(model, block, context, signal)];
}

async function judgeModel(root: Node, block: Block, context: CheckContext, signal: AbortSignal): Promise<Found[]> {
  const dataSources = readDataSources(block.page, context.allBlocks);
  const read = readDashboard(root, dataSources);
  const world = findWorld(block, context);
  const dataset = world.kind === 'dataset' ? world.dataset : undefined;
  return [
    ...(await judgeShape(root)).map((mistake): Found => ({ rule: 'invalid-field', ...mistake })),
    ...judgePanels(root, read, dataSources),
    ...judgeVariables(root, block.text, read),
    ...await judgeQueries({ block, dashboard: read, dataset, context, signal }, { promql, logql, jaeger }),
  ];
}
