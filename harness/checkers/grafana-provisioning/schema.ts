import type { ValidateFunction } from 'ajv';
import { explainSchemaErrors, YAML_KINDS, type SchemaMistake } from '../support/schema-errors.ts';
import { suggest } from '../support/suggest.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const whole = { type: 'integer' } as const;
const object = (properties: object, required: readonly string[] = []) => ({ type: 'object', additionalProperties: false, properties, required });
const list = (items: object) => ({ type: 'array', items });
const tags = list(object({ key: text, value: text }, ['key']));
const spans = { datasourceUid: text, tags, spanStartTimeShift: text, spanEndTimeShift: text };

/** Links between signals. What else `jsonData` holds, the plugin alone knows. */
const LINKS = {
  derivedFields: list(object({ name: text, matcherRegex: text, matcherType: { enum: ['label', 'regex'] }, url: text, urlDisplayLabel: text, datasourceUid: text, targetBlank: flag }, ['name', 'matcherRegex'])),
  exemplarTraceIdDestinations: list(object({ name: text, datasourceUid: text, url: text, urlDisplayLabel: text, targetBlank: flag }, ['name'])),
  tracesToLogsV2: object({ ...spans, filterByTraceID: flag, filterBySpanID: flag, customQuery: flag, query: text }, ['datasourceUid']),
  tracesToMetrics: object({ ...spans, queries: list(object({ name: text, query: text })) }, ['datasourceUid']),
  tracesToProfiles: object({ datasourceUid: text, tags, profileTypeId: text, customQuery: flag, query: text }),
  serviceMap: object({ datasourceUid: text }), nodeGraph: object({ enabled: flag }),
};
/** Other keys that the data sources of the course take there. */
const KNOWN = [...Object.keys(LINKS), 'tracesToLogs', 'timeInterval', 'queryTimeout', 'httpMethod', 'manageAlerts', 'allowAsRecordingRulesTarget', 'prometheusType', 'prometheusVersion', 'cacheLevel', 'defaultEditor', 'disableMetricsLookup', 'incrementalQuerying', 'incrementalQueryOverlapWindow', 'customQueryParameters', 'maxLines', 'implementation', 'handleGrafanaManagedAlerts', 'traceIdTimeParams', 'spanBar', 'search', 'timeout', 'tlsAuth', 'tlsSkipVerify', 'keepCookies', 'alertmanagerUid', 'oauthPassThru'];

const source = object({
  name: text, type: text, access: { enum: ['proxy', 'direct'] }, orgId: whole, uid: text, url: text, user: text, password: text, database: text, basicAuth: flag, basicAuthUser: text, basicAuthPassword: text, withCredentials: flag, isDefault: flag,
  correlations: list({ type: 'object' }), jsonData: { type: 'object', properties: LINKS }, secureJsonData: { type: 'object' }, editable: flag, version: whole, readOnly: flag,
}, ['name', 'type']);
const provider = object({
  name: text, orgId: whole, folder: text, folderUid: text, type: { enum: ['file'] }, disableDeletion: flag, editable: flag, updateIntervalSeconds: whole, allowUiUpdates: flag, options: object({ path: text, foldersFromFilesStructure: flag }, ['path']),
}, ['name', 'type', 'options']);
const version = { enum: [1] };
const SCHEMAS = {
  datasources: object({ apiVersion: version, datasources: list(source), deleteDatasources: list(object({ name: text, orgId: whole }, ['name'])), prune: flag }, ['apiVersion', 'datasources']),
  providers: object({ apiVersion: version, providers: list(provider) }, ['apiVersion', 'providers']),
};

const compiled = new Map<string, Promise<ValidateFunction>>();
const WORDS = { whole: 'a provisioning file', kinds: YAML_KINDS, unknown: 'Grafana drops it without a word' };

/** Holds a file against what Grafana reads of it, and `jsonData` against what links signals. @param kind the list that it has */
export async function judgeFields(kind: keyof typeof SCHEMAS, value: object): Promise<SchemaMistake[]> {
  const compiling = compiled.get(kind) ?? import('ajv').then(({ Ajv }) => new Ajv({ allErrors: true, strict: false, verbose: true, logger: false }).compile(SCHEMAS[kind]));
  compiled.set(kind, compiling);
  const validate = await compiling;
  const found = validate(value) ? [] : explainSchemaErrors(validate.errors ?? [], WORDS).map(adviseJsonData);
  return [...found, ...(kind === 'datasources' ? judgeJsonData(value) : [])];
}

/** A key of `jsonData` that stands beside it: the commonest slip. */
function adviseJsonData(mistake: SchemaMistake): SchemaMistake {
  const key = String(mistake.path.at(-1));
  if (!mistake.atKey || !KNOWN.includes(key) || mistake.path.length !== 3) return mistake;
  return { ...mistake, message: `Found \`${key}\` beside \`jsonData\`, expected it inside: Grafana drops it without a word. Indent it under \`jsonData:\`.` };
}

function judgeJsonData(value: object): SchemaMistake[] {
  const { datasources } = value as { readonly datasources?: unknown };
  return (Array.isArray(datasources) ? datasources : []).flatMap((one: unknown, index) => {
    const { jsonData, type } = (one ?? {}) as { readonly jsonData?: unknown; readonly type?: unknown };
    // Others have keys of their own.
    if (!['prometheus', 'loki', 'jaeger', 'tempo', 'alertmanager'].includes(String(type)) || typeof jsonData !== 'object' || jsonData === null) return [];
    return Object.keys(jsonData).flatMap((key): SchemaMistake[] => {
      const near = KNOWN.includes(key) ? undefined : suggest(key, KNOWN);
      return near === undefined ? [] : [{ path: ['datasources', index, 'jsonData', key], atKey: true, message: `Found the key \`${key}\` in \`jsonData\`, which no data source reads. Did you mean \`${near}\`?` }];
    });
  });
}
