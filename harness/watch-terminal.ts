import type { Report } from './model/report.ts';
import type { Progress } from './pipeline.ts';
import { createProgress } from './report/index.ts';
import type { Show } from './watch.ts';

export interface TerminalOptions {
  readonly stdout: { readonly isTTY?: boolean | undefined; write(text: string): unknown };
  readonly stderr: Parameters<typeof createProgress>[0]['stream'];
  readonly render: (report: Report) => string;
  /** Wall-clock time for people, `14:03:15`. */
  readonly clock: () => string;
}

/** Erases the screen and what scrolled out of it, so that what stands there is about the last save alone. */
const CLEAR = '\u001B[2J\u001B[3J\u001B[H';

/** The screen of a watching run: static findings as soon as they are known, then everything. Without a terminal nothing is erased. */
export function createTerminalShow({ stdout, stderr, render, clock }: TerminalOptions): { readonly show: Show; readonly progress: Progress } {
  let title = '';
  let line: ReturnType<typeof createProgress> | undefined;
  const put = (text: string): void => {
    line?.end();
    line = undefined;
    stdout.write(`${stdout.isTTY === true ? CLEAR : ''}${title}\n\n${text}`);
  };
  const current = (): ReturnType<typeof createProgress> => (line ??= createProgress({ stream: stderr }));
  return {
    progress: { begin: (total) => current().begin(total), say: (message) => current().say(message), done: (name) => current().done(name) },
    show: {
      begin: (changed, files) => {
        title = changed.length === 0 ? `${clock()}  ${countPages(files)}` : `${clock()}  ${nameFew(changed)} saved`;
      },
      checked: (report) => {
        const found = report.verdicts.filter(({ kind }) => kind === 'failed');
        if (found.length > 0 || report.pageDiagnostics.length > 0) put(`${render({ ...report, verdicts: found, stack: {} })}\n`);
      },
      done: (report) => put(`${render(report)}\nWaiting for a save. Ctrl-C ends.\n`),
      ended: (why) => void stdout.write(`The containers were ended: ${why}.\n`),
    },
  };
}

function countPages(files: readonly string[]): string {
  return files.length === 1 ? '1 page' : `${files.length} pages`;
}

export function nameFew(files: readonly string[]): string {
  return files.slice(0, 3).join(', ') + (files.length > 3 ? ` and ${files.length - 3} more` : '');
}
