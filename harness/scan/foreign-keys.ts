import type { Found } from './model.ts';

/** Keys that only look-alikes of Prometheus' files have, and whose. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  Thanos: ['partial_response_strategy'],
  Mimir: ['source_tenants', 'align_evaluation_time_on_interval', 'evaluation_delay', 'align_queries_with_step'],
  vmalert: ['type', 'concurrency', 'tenant', 'params', 'headers', 'notifier_headers', 'eval_offset', 'eval_delay', 'eval_alignment', 'debug', 'update_entries_limit'],
  vmagent: ['if', 'proxy_basic_auth', 'proxy_headers', 'proxy_tls_config', 'proxy_bearer_token', 'proxy_bearer_token_file', 'series_limit', 'stream_parse', 'scrape_align_interval', 'scrape_offset', 'no_stale_markers', 'disable_compression', 'disable_keepalive'],
};
const OWNERS = new Map(Object.entries(FOREIGN).flatMap(([owner, keys]) => keys.map((key) => [key, owner] as const)));

/** Why a key that Prometheus or Alertmanager do not know need not be a mistake: another program that reads such files has it. */
export function foreignKey({ message }: Found, text: string): string | undefined {
  const key = /^Found the key `([^`]+)`|has no key "([^"]+)"/.exec(message)?.slice(1).find((one) => one !== undefined);
  if (key === undefined) return undefined;
  const owner = OWNERS.get(key) ?? (key === 'relabel_configs' && /^global\s*:[^\n]*\n(?:[ \t]+[^\n]*\n)*?[ \t]+relabel_configs\s*:/m.test(text) ? 'vmagent' : undefined);
  if (owner !== undefined) return `\`${key}\` is a key of ${owner}, which reads such files`;
  // `groupBy` alone is a mistake that people make.
  return /[a-z][A-Z]/.test(key) && /^\s*(?:- )?[a-z]+Configs\s*:/m.test(text) ? 'its keys are those of a resource of the Prometheus Operator' : undefined;
}
