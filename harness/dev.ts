import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from './model/report.ts';
import type { LivePage, LiveVerdicts } from './model/live-verdicts.ts';
import type { Verdict } from './model/verdict.ts';
import { writeTextAtomically } from './record/store.ts';
import { nameFew } from './watch-terminal.ts';
import type { Show } from './watch.ts';

/** Where the site's server finds verdicts and the answers of the last run. Git-ignored. */
export const LIVE_FOLDER = '.cache/dev';
const LIVE_FILE = `${LIVE_FOLDER}/verdicts.json`;

/** Tells the site's server of each run, and the terminal in a line. */
export function createSiteShow(root: string, say: (line: string) => void): Show {
  const pages = new Map<string, LivePage>();
  let title = '';
  const publish = (): void => writeTextAtomically(root, LIVE_FILE, `${JSON.stringify({ pages: Object.fromEntries(pages) } satisfies LiveVerdicts)}\n`);
  const put = (report: Report, isDone: boolean): void => {
    for (const [id, verdicts] of Map.groupBy(report.verdicts, ({ block }) => block.page)) pages.set(id, toLivePage(verdicts, report, isDone));
    publish();
  };
  publish();
  return {
    begin: (changed) => {
      title = changed.length === 0 ? 'all pages' : nameFew(changed);
    },
    checked: (report) => put(report, false),
    done: (report) => {
      put(report, true);
      const count = (kind: Verdict['kind']): number => report.verdicts.filter((verdict) => verdict.kind === kind).length;
      const parts = (['passed', 'failed', 'errored', 'skipped'] as const).flatMap((kind) => (count(kind) === 0 ? [] : [`${count(kind)} ${kind}`]));
      say(`${title}: ${parts.join(', ') || 'no block'} · ${(report.elapsedMs / 1000).toFixed(1)} s`);
      for (const error of report.errors) say(`broken: ${error.message}`);
    },
    ended: (why) => say(`The containers were ended: ${why}.`),
  };
}

/** While a run goes on, a block that nothing static was found about waits for its answer. */
function toLivePage(verdicts: readonly Verdict[], report: Report, isDone: boolean): LivePage {
  const file = verdicts[0]?.block.fence.file;
  const blocks = verdicts.map((verdict) => {
    const found = verdict.kind === 'passed' || verdict.kind === 'failed' ? verdict.diagnostics : [];
    const findings = found.map(({ ruleId, level, message, place }) => ({ rule: ruleId, level, message, file: place.file, line: place.start.line, column: place.start.column }));
    const waits = !isDone && verdict.kind === 'passed';
    const note = verdict.kind === 'errored' ? verdict.error.message : verdict.kind === 'skipped' ? verdict.reason : '';
    return [verdict.block.id as string, { verdict: waits ? 'running' as const : verdict.kind, depth: verdict.depth, elapsedMs: Math.round(verdict.elapsedMs), note, findings, line: verdict.block.fence.start.line }] as const;
  });
  const findings = report.pageDiagnostics.filter(({ place }) => place.file === file)
    .map(({ ruleId, level, message, place }) => ({ rule: ruleId, level, message, file: place.file, line: place.start.line, column: place.start.column }));
  return { isDone, blocks: Object.fromEntries(blocks), findings };
}

/** Runs the site's own server until the signal ends it. Returns its exit code. */
export function serveSite(root: string, args: readonly string[], signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../docs/build.mjs', import.meta.url)), 'dev', ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, COURSE_ROOT: root, COURSE_PREVIEW: join(root, LIVE_FOLDER) } });
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 130));
  });
}
