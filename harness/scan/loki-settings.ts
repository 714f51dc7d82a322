import { parseDocument } from 'yaml';
import { runEach } from './programs.ts';

/** What Loki prints of its own configuration: every key, with the default where it has one. */
export type Settings = Readonly<Record<string, unknown>>;

/** The least that Loki takes, so that it gets to printing. */
const LEAST = 'common: { path_prefix: /tmp }\nschema_config: { configs: [{ from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: index_, period: 24h } }] }\n';
const asked = new Map<string, Promise<Settings | undefined>>();

/**
 * Asks Loki for all its settings, once a process: a file that sets only these, to values like these, need not be shown to it.
 * @returns undefined where it does not print them
 */
export function readSettings(loki: string, signal: AbortSignal): Promise<Settings | undefined> {
  const known = asked.get(loki);
  if (known !== undefined) return known;
  const settings = runEach(loki, '"$PROGRAM" -verify-config -print-config-stderr -config.file="$f"', [LEAST], signal).then(([answer]) => {
    const printed = answer === undefined ? -1 : answer.said.search(/^---$/m);
    return answer === undefined || printed < 0 ? undefined : asMap(parseDocument(answer.said.slice(printed).replace(/^level=.*$/gm, ''), { uniqueKeys: false, logLevel: 'silent' }).toJS());
  });
  asked.set(loki, settings);
  return settings;
}

/** Whether a file sets nothing but what Loki has, to values of the same sort, so that asking would say nothing. */
export function isPlain(text: string, settings: Settings): boolean {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  const value = document.errors.length > 0 || /(?:^|\s)[*&]\w/.test(text) ? undefined : asMap(document.toJS());
  if (value === undefined) return false;
  return Object.entries(value).every(([key, inner]) => (key === 'schema_config' ? isPlainSchema(inner) : Object.hasOwn(settings, key) && isLike(inner, settings[key])));
}

function isLike(value: unknown, known: unknown): boolean {
  if (typeof known === 'object') {
    const [map, own] = [asMap(value), asMap(known)];
    return map !== undefined && own !== undefined && Object.entries(map).every(([key, inner]) => Object.hasOwn(own, key) && isLike(inner, own[key]));
  }
  if (typeof known === 'string' && DURATION.test(known)) return typeof value === 'string' && DURATION.test(value);
  if (typeof known === 'string') return typeof value === 'string';
  return typeof value === typeof known && (typeof value !== 'number' || Number.isInteger(value) || !Number.isInteger(known));
}

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[hms]))+$/;
const PERIOD = ['from', 'store', 'object_store', 'schema', 'index'];

/** Of the schema that Loki takes today, as nearly every file writes it. */
function isPlainSchema(value: unknown): boolean {
  const configs = asMap(value)?.['configs'];
  return Array.isArray(configs) && configs.length > 0 && Object.keys(asMap(value) ?? {}).length === 1 && configs.every((one: unknown) => {
    const period = asMap(one) ?? {};
    const index = asMap(period['index']);
    return Object.keys(period).every((key) => PERIOD.includes(key)) && period['store'] === 'tsdb' && period['schema'] === 'v13' && typeof period['from'] === 'string' && /^\d{4}-\d\d-\d\d$/.test(period['from'])
      && typeof period['object_store'] === 'string' && index !== undefined && Object.keys(index).every((key) => ['prefix', 'period'].includes(key)) && index['period'] === '24h';
  });
}

const asMap = (value: unknown): Readonly<Record<string, unknown>> | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : undefined);
