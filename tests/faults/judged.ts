import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SmallCourse } from '../support/course.ts';

export interface JudgedBlock {
  readonly id: string;
  readonly page: string;
  readonly verdict: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly diagnostics: readonly { readonly ruleId: string; readonly message: string; readonly file: string; readonly line: number; readonly column: number }[];
}
/** What one run reported, and how it ended. */
export interface Judged {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly blocks: readonly JudgedBlock[];
  readonly pageDiagnostics: JudgedBlock['diagnostics'];
  readonly errors: readonly { readonly code?: string; readonly message: string }[];
}

export const page = (title: string, body: string, more = ''): string => `---\ntitle: ${title}\ndescription: One fault.\n${more}---\n\n${body}`;
export const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n`;
/** A page that nothing is wrong with: what stands beside a fault must be judged as ever. */
export const sound = page('Sound', fence('json', '{"a": 1}'));

/** Runs a course and reads its report. Throws when there is none. */
export async function judge(course: SmallCourse, args: readonly string[], options: Parameters<SmallCourse['run']>[1] = {}): Promise<Judged> {
  const finished = await course.run([...args, '--report', 'json=report.json', '--report', 'terminal'], options);
  try {
    const report = JSON.parse(readFileSync(join(course.root, 'report.json'), 'utf8')) as Pick<Judged, 'blocks' | 'pageDiagnostics' | 'errors'>;
    return { ...finished, ...report };
  } catch (cause) {
    throw new Error(`exit code ${finished.code}, and no report: ${finished.stderr}${finished.stdout.slice(0, 2000)}`, { cause });
  }
}

/** Everything said of one page, in its blocks and between them. */
export function saidOf({ blocks, pageDiagnostics }: Judged, id: string): JudgedBlock['diagnostics'] {
  return [...pageDiagnostics.filter(({ file }) => file === `docs/content/docs/${id}.mdx`), ...blocks.filter((block) => block.page === id).flatMap(({ diagnostics }) => diagnostics)];
}
export const verdictsOf = ({ blocks }: Judged, id: string): string[] => blocks.filter((block) => block.page === id).map(({ verdict }) => verdict);
