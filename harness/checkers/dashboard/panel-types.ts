/** Types of panels that come with Grafana. */
export const PANEL_TYPES: ReadonlySet<string> = new Set([
  'alertlist', 'annolist', 'barchart', 'bargauge', 'candlestick', 'canvas', 'dashlist', 'datagrid', 'debug', 'flamegraph', 'gauge', 'geomap', 'gettingstarted', 'heatmap', 'histogram', 'live', 'logs', 'news', 'nodeGraph', 'piechart', 'row', 'stat', 'state-timeline',
  'status-history', 'table', 'text', 'timeseries', 'traces', 'trend', 'welcome', 'xychart', 'pluginlist', 'bargauge-old', 'xychart-old', 'library-panel-ref',
]);
/** Types that it had, and what shows the same today. */
export const RETIRED_PANELS: ReadonlyMap<string, string> = new Map([['graph', 'timeseries'], ['singlestat', 'stat'], ['table-old', 'table']]);
/** Types that show without asking anything. */
export const WITHOUT_QUERIES: ReadonlySet<string> = new Set(['alertlist', 'annolist', 'dashlist', 'gettingstarted', 'news', 'pluginlist', 'row', 'text', 'welcome', 'live', 'canvas', 'library-panel-ref']);

/** True for a type that is neither Grafana's nor named as plugins are: after whoever makes them. */
export function isUnknownPanel(type: string): boolean {
  return !PANEL_TYPES.has(type) && !RETIRED_PANELS.has(type) && !/-(?:panel|app|datasource)$/.test(type);
}
