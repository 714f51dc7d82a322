import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../model/verdict.ts';
import type { NamedRules } from './rule-files.ts';
import { runTool } from '../../model/run-tool.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../model/temporary.ts';

/** A test file as promtool gets it: `text` names the rule files by file name alone. */
export interface Given {
  readonly text: string;
  readonly rules: readonly NamedRules[];
}
/** What promtool says about one file. */
export interface Outcome {
  /** Why it could not be read. */
  readonly refusals: readonly string[];
  /** What failed, by test. */
  readonly failures: readonly (readonly string[])[];
}

/** Runs `promtool test rules` once for all files. @returns one outcome a file, in their order. @throws HarnessError when it does not run */
export async function testRules(promtool: string, files: readonly Given[], signal: AbortSignal): Promise<readonly Outcome[]> {
  if (files.length === 0) return [];
  const folder = await makeTemporaryFolder('test-rules');
  try {
    await Promise.all(files.map(async ({ text, rules }, index) => {
      await mkdir(join(folder, String(index)));
      await Promise.all([{ name: TEST_FILE, text }, ...rules].map(({ name, text: content }) => writeFile(join(folder, String(index), name), `${content}\n`)));
    }));
    // Its storage goes with the folder: one that is ended leaves it.
    const { stderr } = await runTool(promtool, ['test', 'rules', '--junit=report.xml', ...files.map((_, index) => `${index}/${TEST_FILE}`)], { cwd: folder, env: { TMPDIR: folder }, signal });
    const outcomes = readReport(await readFile(join(folder, 'report.xml'), 'utf8').catch(() => ''));
    if (outcomes.length !== files.length) throw new HarnessError('checker-crashed', `promtool test rules reported on ${outcomes.length} of ${files.length} files`, { logTail: stderr });
    return outcomes;
  } finally {
    await removeTemporaryFolder(folder);
  }
}

/** No rule file is called so: those end in `.rules.yml`. */
const TEST_FILE = 'test.yml';

/** Its JUnit report: one suite a file, one case a test; on the terminal it does not say which file it speaks of. */
function readReport(xml: string): Outcome[] {
  return [...xml.matchAll(/<testsuite [^>]*>([^]*?)<\/testsuite>/g)].map(([, suite = '']) => ({
    refusals: textsOf(suite, 'error'),
    failures: [...suite.matchAll(/<testcase [^>]*>([^]*?)<\/testcase>/g)].map(([, test = '']) => textsOf(test, 'failure')),
  }));
}

function textsOf(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}[^>]*>([^]*?)</${element}>`, 'g'))].map(([, text = '']) => decode(text));
}

function decode(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replaceAll(/&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
