// `node --import stages-observer.ts …`: at the end, what each timed part took, as JSON into the file that STAGES_TO names.
import { writeFileSync } from 'node:fs';
import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** What the parts of one run took: name → calls, and milliseconds of all of them. */
export interface Stages {
  readonly parts: Readonly<Record<string, { readonly calls: number; readonly ms: number }>>;
  /** Since the process began. */
  readonly wallMs: number;
  readonly cpuMs: number;
}

const file = process.env['STAGES_TO'];
if (isMainThread && file !== undefined) {
  const parts = new Map<string, { calls: number; ms: number }>();
  const note = (entries: readonly PerformanceEntry[]): void => {
    for (const { name, duration } of entries) {
      const { calls, ms } = parts.get(name) ?? { calls: 0, ms: 0 };
      parts.set(name, { calls: calls + 1, ms: ms + duration });
    }
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ entryTypes: ['function', 'measure'] });
  process.on('exit', () => {
    note(observer.takeRecords());
    const { user, system } = process.cpuUsage();
    writeFileSync(file, JSON.stringify({ parts: Object.fromEntries(parts), wallMs: performance.now(), cpuMs: (user + system) / 1000 } satisfies Stages));
  });
}
