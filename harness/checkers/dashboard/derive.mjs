// Derives `dashboard.schema.json` and `units.json` from Grafana's own packages: README.md beside it says how to call it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const packages = process.argv[2] ?? '.';
const { createGenerator } = createRequire(join(packages, 'package.json'))('ts-json-schema-generator');
const types = join(packages, 'node_modules/@grafana/schema/dist/types/raw');
/** Folder of a panel's types → its `type` in a dashboard. Maps and canvases are left alone: nobody writes them by hand. */
const TYPES = {
  annotationslist: 'annolist', barchart: 'barchart', bargauge: 'bargauge', dashboardlist: 'dashlist', gauge: 'gauge', heatmap: 'heatmap', histogram: 'histogram', logs: 'logs', piechart: 'piechart', stat: 'stat',
  statetimeline: 'state-timeline', statushistory: 'status-history', table: 'table', text: 'text', timeseries: 'timeseries', trend: 'trend', xychart: 'xychart',
};
/** What Grafana does not fill in itself; all else has a default. */
const REQUIRED = { Dashboard: ['title', 'schemaVersion'], Panel: ['type'], RowPanel: ['type'], GridPos: ['h', 'w', 'x', 'y'], VariableModel: ['name', 'type'], MatcherConfig: ['id'], DataTransformerConfig: ['id'] };

const generate = (path, type) => createGenerator({ path, type, skipTypeCheck: true }).createSchema(type).definitions;

/** The checker judges references to data sources itself, and panels one by one. */
function simplify(value, name) {
  if (Array.isArray(value)) return value.map((one) => simplify(one));
  if (typeof value !== 'object' || value === null) return value;
  const { description, default: _, required, properties, ...rest } = value;
  const kept = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, simplify(one)]));
  const own = properties && Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, key === 'datasource' ? {} : simplify(one)]));
  return { ...kept, ...(own && { properties: own }), ...(REQUIRED[name] && { required: REQUIRED[name] }) };
}

function addPanel(folder, definitions) {
  const path = join(types, 'composable', folder, 'panelcfg/x/types.gen.d.ts');
  const text = readFileSync(path, 'utf8');
  for (const role of ['Options', 'FieldConfig']) {
    if (!new RegExp(`export interface ${role}\\b`).test(text)) continue;
    const { [role]: own, ...shared } = generate(path, role);
    Object.assign(definitions, Object.fromEntries(Object.entries(shared).map(([name, one]) => [name, simplify(one)])));
    definitions[`${TYPES[folder]} ${role}`] = simplify(own);
  }
}

const definitions = Object.fromEntries(Object.entries(generate(join(types, 'dashboard/x/types.gen.d.ts'), 'Dashboard')).map(([name, one]) => [name, simplify(one, name)]));
definitions.Dashboard.properties.panels = { type: 'array', items: { type: 'object' } };
definitions.RowPanel.properties.panels = { type: 'array', items: { type: 'object' } };
// What an export adds, and what older exports carry without harm.
for (const key of ['__inputs', '__elements', '__requires', 'style', 'iteration']) definitions.Dashboard.properties[key] = {};
Object.assign(definitions.Dashboard.properties, { refresh: { type: ['string', 'boolean'] }, hideControls: {}, timeRangeUpdatedDuringEditOrView: {} });
definitions.TimePickerConfig.properties.time_options = {};
for (const key of ['definition', 'auto', 'auto_count', 'auto_min', 'tagsQuery', 'tagValuesQuery', 'useTags', 'tags', 'filters', 'baseFilters']) definitions.VariableModel.properties[key] = {};
for (const folder of Object.keys(TYPES)) addPanel(folder, definitions);
writeFileSync(join(import.meta.dirname, 'dashboard.schema.json'), `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', definitions })}\n`);
const formats = readFileSync(join(packages, 'node_modules/@grafana/data/dist/esm/valueFormats/categories.mjs'), 'utf8');
writeFileSync(join(import.meta.dirname, 'units.json'), `${JSON.stringify([...formats.matchAll(/\bid: "([^"]+)"/g)].map(([, id]) => id.replace(/\\[ux]([0-9A-F]+)/g, (_, code) => String.fromCharCode(parseInt(code, 16)))))}\n`);
