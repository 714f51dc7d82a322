import { parse } from 'yaml';
import { HarnessError } from '../../model/verdict.ts';
import type { TrialOutput } from '../../model/transcript.ts';
import { askFrom } from '../trial/ask.ts';
import type { StartedLoki } from './start.ts';

interface Period {
  readonly from: string | Date;
  readonly store: string;
  readonly object_store: string;
  readonly schema: string;
}
/** As Loki prints it back on /config, defaults filled in. */
interface Effective {
  /** Left out where it is false. */
  readonly auth_enabled?: boolean;
  readonly schema_config: { readonly configs: readonly Period[] };
  readonly common: { readonly replication_factor: number };
  readonly compactor: { readonly retention_enabled: boolean };
  readonly limits_config: Readonly<Record<string, unknown>>;
}
/** What most often surprises: defaults included. */
const LIMITS = ['retention_period', 'reject_old_samples_max_age', 'ingestion_rate_mb', 'per_stream_rate_limit', 'max_label_names_per_series', 'allow_structured_metadata'] as const;

/** What Loki says that it runs with, by the keys of its file. @throws HarnessError `backend-lost` */
export async function readSettings({ probe, url, container }: StartedLoki, signal: AbortSignal): Promise<TrialOutput['settings']> {
  const { status, body } = await askFrom(probe, `${url}/config`, {}, signal);
  if (status !== 200) throw new HarnessError('backend-lost', `Loki answered ${status} on /config. Look at its log tail.`, { logTail: await container.logTail() });
  const settings = parse(body) as Effective;
  return [
    { name: 'auth_enabled', value: String(settings.auth_enabled ?? false) },
    ...settings.schema_config.configs.map(({ from, store, schema, object_store: objects }) => ({ name: 'schema_config', value: `from ${String(from instanceof Date ? from.toISOString() : from).slice(0, 10)}: ${store} ${schema} on ${objects}` })),
    { name: 'common.replication_factor', value: String(settings.common.replication_factor) },
    { name: 'compactor.retention_enabled', value: String(settings.compactor.retention_enabled) },
    ...LIMITS.map((name) => ({ name: `limits_config.${name}`, value: String(settings.limits_config[name]) })),
  ];
}
