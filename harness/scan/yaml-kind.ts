import { isMap, isSeq, parseAllDocuments, type Document } from 'yaml';
import type { Kind } from './model.ts';

export interface YamlKind {
  readonly kind: Kind;
  readonly because: string;
  /** A map's beginning or a list of a file, without what stands around it there; how a whole one is made of it. */
  readonly wrap?: (text: string) => { readonly text: string; readonly linesBefore: number };
}
type Keys = ReadonlySet<string>;

const PROMETHEUS = ['global', 'rule_files', 'scrape_config_files', 'scrape_configs', 'alerting', 'remote_write', 'remote_read', 'storage', 'tracing', 'runtime', 'otlp'];
const ALERTMANAGER = ['global', 'route', 'receivers', 'inhibit_rules', 'templates', 'time_intervals', 'mute_time_intervals', 'tracing'];
/** Below a receiver of Alertmanager; those of a Collector have settings of Prometheus there. */
const CHANNELS = /\b(?:discord|email|incidentio|jira|mattermost|msteams|msteamsv2|opsgenie|pagerduty|pushover|rocketchat|slack|sns|telegram|victorops|webex|webhook|wechat)_configs\s*:/;
const LOKI = [
  'auth_enabled', 'server', 'common', 'distributor', 'querier', 'query_scheduler', 'frontend', 'query_range', 'ruler', 'ingester_client', 'ingester', 'index_gateway', 'bloom_gateway', 'bloom_build', 'pattern_ingester', 'compactor', 'ballast_bytes',
  'storage_config', 'chunk_store_config', 'schema_config', 'limits_config', 'frontend_worker', 'table_manager', 'memberlist', 'runtime_config', 'operational_config', 'tracing', 'analytics', 'target', 'shutdown_delay', 'ui', 'ring', 'block_builder', 'dataobj', 'kafka_config', 'profiling', 'metastore_client', 'ruler_storage',
];
const COLLECTOR = ['receivers', 'processors', 'exporters', 'extensions', 'connectors', 'service'];
const RULE_TESTS = ['rule_files', 'evaluation_interval', 'group_eval_order', 'tests', 'fuzzy_compare', 'start_timestamp'];
const FLUENT_BIT = ['service', 'pipeline', 'parsers', 'multiline_parsers', 'env', 'includes', 'customs', 'plugins', 'stream_processor', 'upstream_servers'];
const COMPOSE = ['version', 'name', 'services', 'volumes', 'networks', 'configs', 'secrets', 'include', 'models'];

const has = (keys: Keys, ...names: readonly string[]): boolean => names.some((name) => keys.has(name));
const within = (keys: Keys, known: readonly string[]): boolean => keys.size > 0 && [...keys].every((key) => known.includes(key) || key.startsWith('x-'));

/** What a YAML file is by its keys; `yaml` where no program of ours reads such a file. Text that does not parse is told by its outermost keys alone. */
export function readYamlKind(text: string, title?: string): YamlKind {
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' }) as Document[];
  const root = documents[0]?.contents;
  if (documents.length === 1 && isSeq(root)) return readListKind(documents[0]?.toJS({ maxAliasCount: 100 }));
  const sound = documents.every(({ errors }) => errors.length === 0);
  const keys: Keys = new Set(sound && documents.length === 1 && isMap(root) ? root.items.map(({ key }) => String(key)) : outermostKeys(text));
  return readTitleKind(keys, title) ?? readMapKind(keys, text);
}

/** A title says which file it is, where the keys do not speak against it. */
function readTitleKind(keys: Keys, title: string | undefined): YamlKind | undefined {
  const because = `its title is ${title ?? ''}, and its keys go with that`;
  if (/(?:^|\/)prometheus\.ya?ml$/.test(title ?? '') && within(keys, PROMETHEUS)) return { kind: 'prometheus-config', because };
  if (/(?:^|\/)alertmanager\.ya?ml$/.test(title ?? '') && within(keys, ALERTMANAGER)) return { kind: 'alertmanager-config', because };
  return undefined;
}

function readMapKind(keys: Keys, text: string): YamlKind {
  const say = (kind: Kind, because: string): YamlKind => ({ kind, because });
  if (has(keys, 'apiVersion') && has(keys, 'kind')) return say('kubernetes', 'it is a Kubernetes object by `apiVersion` and `kind`');
  if (keys.has('tests') && within(keys, RULE_TESTS) && /(?:^|[\s{,-])(?:input_series|promql_expr_test|alert_rule_test)\s*:/m.test(text)) return say('rule-tests', 'it has `tests` with series, alerts or queries of rules');
  if (keys.has('pipeline') && within(keys, FLUENT_BIT) && /^\s+(?:inputs|outputs)\s*:/m.test(text)) return say('fluent', 'it has a `pipeline` with inputs or outputs, as Fluent Bit has');
  if (keys.has('groups') && keys.size === 1 && /(?:^|[\s{,-])(?:alert|record)\s*:/m.test(text)) return say('rules', 'its only key is `groups`, and it has alerting or recording rules');
  if (within(keys, COLLECTOR) && (has(keys, 'exporters', 'processors', 'connectors') || (keys.has('service') && /\bpipelines\s*:/.test(text)))) return say('collector-config', `its keys are those of an OpenTelemetry Collector: ${[...keys].join(', ')}`);
  if (isPromtail(text)) return say('yaml', 'it has stages or paths of Promtail, of which no program is here');
  if (within(keys, PROMETHEUS) && (has(keys, 'scrape_configs', 'rule_files', 'alerting', 'remote_write', 'remote_read', 'scrape_config_files') || /\b(?:scrape_interval|evaluation_interval)\s*:/.test(text))) return say('prometheus-config', `its keys are Prometheus': ${[...keys].join(', ')}`);
  if (within(keys, ALERTMANAGER) && (has(keys, 'route', 'inhibit_rules') || (keys.has('receivers') && CHANNELS.test(text)))) return say('alertmanager-config', `its keys are Alertmanager's: ${[...keys].join(', ')}`);
  if (within(keys, LOKI) && has(keys, 'schema_config', 'limits_config', 'chunk_store_config', 'table_manager', 'storage_config', 'query_range') && !has(keys, 'overrides')) return say('loki-config', `its keys are Loki's: ${[...keys].join(', ')}`);
  if (keys.has('services') && !/^services\s*:\s*(?:#.*)?\n\s*-\s/m.test(text) && within(keys, COMPOSE) && /^\s+(?:image|build)\s*:/m.test(text)) return say('compose', 'it has `services` with images');
  if (!keys.has('services') && isServices(text)) return say('compose-services', 'its keys have an image each, as services of Compose have');
  return say('yaml', keys.size === 0 ? 'it is tagged YAML' : `no program here reads files with the keys ${[...keys].slice(0, 4).join(', ')}`);
}

/** Of a list: entries that stand below a key of a known file. */
function readListKind(value: unknown): YamlKind {
  const entries = Array.isArray(value) ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null) : [];
  const all = (...names: readonly string[]): boolean => entries.length > 0 && entries.every((entry) => names.some((name) => name in entry));
  if (all('alert', 'record')) return { kind: 'rules', because: 'its entries are alerting or recording rules', wrap: (text) => ({ text: `groups:\n- name: sample\n  rules:\n${indent(text)}`, linesBefore: 3 }) };
  if (all('name') && all('rules')) return { kind: 'rules', because: 'its entries are groups of rules', wrap: (text) => ({ text: `groups:\n${indent(text)}`, linesBefore: 1 }) };
  return { kind: 'yaml', because: 'it is a list of which no program here tells the file' };
}

/** By a fixed width, so that columns stay told. */
export const INDENT = 4;
function indent(text: string): string {
  return text.split('\n').map((line) => `${' '.repeat(INDENT)}${line}`).join('\n');
}

function isPromtail(text: string): boolean {
  return /^\s*(?:pipeline_stages|clients|positions|loki_push_api|journal|syslog)\s*:/m.test(text) || /__path__/.test(text) || /^\s*(?:stream_parse|vm_\w+)\s*:/m.test(text);
}

function isServices(text: string): boolean {
  const root = (parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' }) as Document[])[0];
  if (root === undefined || !isMap(root.contents) || root.errors.length > 0) return false;
  const value = root.toJS({ maxAliasCount: 100 }) as Record<string, unknown>;
  const services = Object.entries(value).filter(([key]) => !COMPOSE.includes(key));
  return services.length > 0 && services.every(([, one]) => typeof one === 'object' && one !== null && !Array.isArray(one) && typeof (one as { image?: unknown }).image === 'string' && ['ports', 'volumes', 'networks', 'container_name', 'depends_on', 'command', 'restart', 'environment'].some((key) => key in one));
}

/** Keys of lines that are indented no deeper than any other. */
export function outermostKeys(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*#/.test(line));
  const least = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.flatMap((line) => (line.length - line.trimStart().length === least ? /^\s*["']?([A-Za-z_][\w.-]*)["']?\s*:(?:\s|$)/.exec(line)?.[1] ?? [] : []));
}
