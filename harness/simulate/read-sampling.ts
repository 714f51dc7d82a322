import type { Cursor } from './cursor.ts';
import type { Sampling } from './incident.ts';

/** What a tail sampler keeps: `{keep_slower_than, keep_errors, keep_share}`. */
export function readSampling(cursor: Cursor): Sampling {
  const fields = cursor.object(['keep_slower_than', 'keep_errors', 'keep_share']);
  return {
    slowerThanUs: fields.keep_slower_than.durationUs(),
    errors: fields.keep_errors.choice(['true', 'false']) === 'true',
    share: fields.keep_share.share(),
  };
}
