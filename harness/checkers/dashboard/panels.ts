import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { Dashboard, DataSource, DataSourceRef, Panel } from '../../dashboard/model.ts';
import type { TextRange } from '../../model/place.ts';
import { hintAt } from '../support/suggest.ts';
import { isUnknownPanel, PANEL_TYPES, RETIRED_PANELS, WITHOUT_QUERIES } from './panel-types.ts';

export interface PanelMistake {
  readonly rule: 'panel-type' | 'panel-alert' | 'data-source' | 'grid' | 'duplicate-id' | 'no-query' | 'link-variable';
  readonly range: TextRange;
  readonly message: string;
}
const COLUMNS = 24;
/** Data sources that Grafana brings itself. */
const OWN = new Set(['-- Mixed --', '-- Grafana --', '-- Dashboard --', 'grafana']);

/** What a person sees wrong on a dashboard without asking anything. */
export function judgePanels(root: Node, { panels, variables }: Dashboard, dataSources: readonly DataSource[]): PanelMistake[] {
  const queried = variables.filter(({ type }) => type === 'query');
  return [
    ...panels.flatMap((panel) => [...judgeType(panel), ...judgeAlert(root, panel), ...judgeQueries(panel), ...judgeLinks(root, panel), ...judgeRefs(panel, dataSources)]),
    ...queried.flatMap(({ dataSource, name }) => judgeRef(dataSource, name.range, 'a variable', dataSources)),
    ...judgeIds(panels), ...judgeGrid(root, panels),
  ];
}

function judgeType({ type, range }: Panel): PanelMistake[] {
  // The schema asks for a type.
  if (type === undefined) return [];
  const successor = RETIRED_PANELS.get(type.text);
  if (successor !== undefined) return [{ rule: 'panel-type', range: type.range, message: `Found a panel of type \`${type.text}\`, expected \`${successor}\`: Grafana has no \`${type.text}\` since version 12, and shows what it can make of it. Write \`${successor}\`, with its options.` }];
  if (!isUnknownPanel(type.text)) return [];
  const hint = /trace/.test(type.text) ? ' For one trace write `traces`, for a list of them `table`.' : hintAt(type.text, PANEL_TYPES);
  return [{ rule: 'panel-type', range: type.range.length > 0 ? type.range : range, message: `Found a panel of type \`${type.text}\`, which Grafana does not have: it shows that the plugin is missing.${hint.startsWith(' Known') ? ' Write one such as `timeseries`, `stat`, `table` or `logs`.' : hint}` }];
}

function keyAt(root: Node, path: readonly (string | number)[]): TextRange | undefined {
  const key = findNodeAtLocation(root, [...path])?.parent?.children?.[0];
  return key === undefined ? undefined : { offset: key.offset, length: key.length };
}

function judgeAlert(root: Node, { path }: Panel): PanelMistake[] {
  const range = keyAt(root, [...path, 'alert']);
  return range === undefined ? [] : [{ rule: 'panel-alert', range, message: 'Found an alert in a panel, expected none: Grafana reads them no more, and nobody would be told. Write an alerting rule in a `*.rules.yml`.' }];
}

function judgeQueries({ type, queries, range, title }: Panel): PanelMistake[] {
  if (type === undefined || WITHOUT_QUERIES.has(type.text)) return [];
  if (queries.length === 0) return [{ rule: 'no-query', range, message: `Found the panel \`${title}\` without a query, expected one under \`targets\`: it shows "No data". Add it.` }];
  return queries.filter(({ language, expr }) => language !== undefined && (expr === undefined || expr.text.trim() === '')).map((query): PanelMistake => ({ rule: 'no-query', range: query.range, message: `Found a target without a query, expected ${query.language === 'jaeger' ? '`service` to search in, or the id of a trace under `query`' : 'one under `expr`'}. Add it, or remove the target.` }));
}

/** Links of a panel know the dashboard's variables; what was clicked, only links of its data know. */
function judgeLinks(root: Node, { path }: Panel): PanelMistake[] {
  return (findNodeAtLocation(root, [...path, 'links'])?.children ?? []).flatMap((link): PanelMistake[] => {
    const url = findNodeAtLocation(link, ['url']);
    const variable = /\$\{__(?:data|field|series|value)[^}]*\}/.exec(String(url?.value))?.[0];
    if (url === undefined || variable === undefined) return [];
    return [{ rule: 'link-variable', range: { offset: url.offset, length: url.length }, message: `Found \`${variable}\` in a link of the panel, which does not know what was clicked. Move the link to \`fieldConfig.defaults.links\`.` }];
  });
}

function judgeRefs(panel: Panel, dataSources: readonly DataSource[]): PanelMistake[] {
  if (panel.type !== undefined && WITHOUT_QUERIES.has(panel.type.text)) return [];
  const own = panel.queries.flatMap(({ dataSource }) => dataSource ?? []);
  const isMixed = panel.dataSource?.uid === '-- Mixed --';
  if (!isMixed && panel.dataSource !== undefined) return [panel.dataSource, ...own].flatMap((ref) => judgeRef(ref, panel.range, 'a panel', dataSources));
  return panel.queries.flatMap((query) => judgeRef(query.dataSource, query.range, 'a target', dataSources));
}

function judgeRef(ref: DataSourceRef | undefined, fallback: TextRange, owner: string, dataSources: readonly DataSource[]): PanelMistake[] {
  const say = (range: TextRange, message: string): PanelMistake[] => [{ rule: 'data-source', range, message }];
  if (ref === undefined) return say(fallback, `Found ${owner} without \`datasource\`, expected \`{"type": …, "uid": …}\`: it would be asked of whatever is the default, if anything is. Add it.`);
  if (ref.isName) return say(ref.range, `Found the data source \`${ref.uid}\` by its name, expected \`{"type": …, "uid": …}\`: when somebody renames it, the panel is empty. Write its uid.`);
  if (ref.uid === undefined || ref.uid === '') return say(ref.range, 'Found a data source without `uid`, expected one: the type alone names none. Add the uid that its provisioning states.');
  if (OWN.has(ref.uid) || ref.uid.includes('$')) return [];
  const known = dataSources.filter(({ uid }) => uid !== undefined);
  const same = known.find(({ uid }) => uid === ref.uid);
  if (known.length > 0 && same === undefined) return say(ref.range, `Found the uid \`${ref.uid}\`, which no data source that this page provisions has.${hintAt(ref.uid, known.flatMap(({ uid }) => uid ?? []))}`);
  if (same?.type !== undefined && ref.type !== undefined && same.type !== ref.type) return say(ref.range, `Found the uid \`${ref.uid}\` with type \`${ref.type}\`, and this page provisions it as \`${same.type}\`. Make them agree.`);
  if (same === undefined && ref.type === undefined) return say(ref.range, `Found the uid \`${ref.uid}\` without \`type\`, and no file of this page provisions it, so nobody knows what language its queries have. Add \`"type": "prometheus"\` or the like.`);
  return [];
}

function judgeIds(panels: readonly Panel[]): PanelMistake[] {
  const seen = new Map<number, Panel>();
  return panels.flatMap((panel): PanelMistake[] => {
    const first = panel.id === undefined ? undefined : seen.get(panel.id);
    if (panel.id === undefined) return [];
    if (first === undefined) { seen.set(panel.id, panel); return []; }
    return [{ rule: 'duplicate-id', range: panel.range, message: `Found the id ${panel.id} a second time, first on \`${first.title}\`: links to the panel, and answers, go to either. Give each panel its own.` }];
  });
}

/** Panels on one another, and beyond the last column. Folded rows have a layout of their own. */
function judgeGrid(root: Node, panels: readonly Panel[]): PanelMistake[] {
  return panels.flatMap((panel, index): PanelMistake[] => {
    const { grid } = panel;
    // What a place lacks, the schema says.
    if (grid === undefined && findNodeAtLocation(root, [...panel.path, 'gridPos']) !== undefined) return [];
    if (grid === undefined) return [{ rule: 'grid', range: panel.range, message: `Found the panel \`${panel.title}\` without \`gridPos\`, expected its x, y, w and h: Grafana puts it at the top left, over others. Add them.` }];
    const { x, w, y, h, range } = grid;
    if (x < 0 || w < 1 || h < 1 || x + w > COLUMNS) return [{ rule: 'grid', range, message: `Found a panel from column ${x} to ${x + w}, expected columns from 0 to ${COLUMNS}. Make it narrower, or move it.` }];
    const other = panels.slice(0, index).find((one) => one.row === panel.row && one.grid !== undefined && x < one.grid.x + one.grid.w && one.grid.x < x + w && y < one.grid.y + one.grid.h && one.grid.y < y + h);
    return other === undefined ? [] : [{ rule: 'grid', range, message: `Found the panel \`${panel.title}\` over \`${other.title}\`, expected each to have room of its own: Grafana moves one away, otherwise for each reader. Change \`x\` or \`y\`.` }];
  });
}
