import type { Document } from 'yaml';
import type { TextRange } from '../../model/place.ts';
import { keyRange } from '../compose/positions.ts';

/** What is wrong, and where in the text. */
export interface Mistake {
  readonly range: TextRange;
  readonly message: string;
}

const SCHEMA = '`schema_config:` with a period of its own, e.g. `configs: [{from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}]`';

/** What Loki answers with a stack trace instead of words. @returns undefined for a file with a schema */
export function findLackOfSchema(document: Document): Mistake | undefined {
  const value = document.toJS() as { readonly schema_config?: { readonly configs?: unknown } } | null;
  const configs = value?.schema_config?.configs;
  if (Array.isArray(configs) && configs.length > 0) return undefined;
  const isWritten = document.hasIn(['schema_config']);
  const range = isWritten ? keyRange(document, document.hasIn(['schema_config', 'configs']) ? ['schema_config', 'configs'] : ['schema_config']) : { offset: 0, length: firstLineLength(document) };
  return { range, message: `Found ${isWritten ? 'a `schema_config` without any period' : 'no `schema_config`'}, expected ${SCHEMA}. Add it: without one, Loki ends with \`panic: index out of range\` and names no key.` };
}

function firstLineLength(document: Document): number {
  const [start, , end] = document.contents?.range ?? [0, 0, 1];
  return Math.max(1, (document.toString().split('\n', 1)[0] ?? '').length || end - start);
}

/** A period after which lines may go, and nobody who removes them. @returns undefined where none is set, or the compactor or table manager enforces it */
export function findLackOfRetention(document: Document): Mistake | undefined {
  const period = document.getIn(['limits_config', 'retention_period']);
  if (period === undefined || /^0/.test(String(period)) || document.getIn(['compactor', 'retention_enabled']) === true || document.getIn(['table_manager', 'retention_deletes_enabled']) === true) return undefined;
  return {
    range: keyRange(document, ['limits_config', 'retention_period']),
    message: `Found \`retention_period: ${String(period)}\`, and \`retention_enabled: true\` nowhere below \`compactor\`: Loki then deletes nothing, and the disk fills. Add \`compactor: {retention_enabled: true, delete_request_store: …}\`, or remove the period.`,
  };
}
