import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextRange } from '../../model/place.ts';
import { HarnessError } from '../../model/verdict.ts';
import type { PrometheusRule, RuleFile } from '../../rule-file/rule-file.ts';
import { runTool } from '../../model/run-tool.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../model/temporary.ts';

/** What `promtool check rules` says about one of the given texts. */
export interface PromtoolComplaint {
  /** Index of the text. */
  readonly index: number;
  readonly message: string;
  readonly range: TextRange;
}

/** Runs `promtool check rules` once for all texts. Throws a HarnessError when promtool does not run or speaks in an unknown way. */
export async function checkWithPromtool(
  promtool: string, texts: readonly { readonly text: string; readonly file: RuleFile }[], signal: AbortSignal,
): Promise<readonly PromtoolComplaint[]> {
  if (texts.length === 0) return [];
  const folder = await makeTemporaryFolder('check-rules');
  try {
    await Promise.all(texts.map(({ text }, index) => writeFile(join(folder, `${index}.rules.yml`), `${text}\n`)));
    const { code, stderr } = await runTool(promtool, ['check', 'rules', '--lint=none', ...texts.map((_, index) => `${index}.rules.yml`)], { cwd: folder, signal });
    const complaints = stderr.split('\n').flatMap((line) => readComplaint(line, texts));
    if (code !== 0 && complaints.length === 0) {
      throw new HarnessError('checker-crashed', 'promtool check rules failed without naming a file. Expected lines that begin with the file\'s name; see the log tail.', { logTail: stderr });
    }
    return complaints;
  } finally {
    await removeTemporaryFolder(folder);
  }
}

function readComplaint(line: string, texts: readonly { readonly text: string; readonly file: RuleFile }[]): PromtoolComplaint[] {
  const match = /^(\d+)\.rules\.yml: (?:(\d+):(\d+): )?(?:group ".*?", rule (\d+), ".*?": )?(.*)$/.exec(line);
  if (match === null) return [];
  const [, index, row, , ruleNumber, said = ''] = match;
  const given = texts[Number(index)];
  if (given === undefined) return [];
  const rule = ruleNumber === undefined ? undefined : findRule(given.file, /group "(.*?)"/.exec(line)?.[1], Number(ruleNumber));
  const range = (rule && rangeInRule(rule, said)) ?? rangeOfLine(given.text, Number(row ?? 0));
  return [{ index: Number(index), range, message: `promtool check rules refuses this: ${said.replace(/^could not parse expression: \d+:\d+: /, '')}. Correct it here.` }];
}

function findRule(file: RuleFile, group: string | undefined, number: number): PrometheusRule | undefined {
  return file.groups.find((candidate) => candidate.name.value === group)?.rules[number - 1];
}

function rangeInRule(rule: PrometheusRule, said: string): TextRange | undefined {
  const expression = /could not parse expression: (\d+):(\d+): /.exec(said);
  if (expression !== null) return rule.expression.locate({ offset: offsetOfBytes(rule.expression.value, Number(expression[1]), Number(expression[2])), length: 1 });
  const text = /^(annotation|label) "(.*?)"/.exec(said);
  const texts = text?.[1] === 'annotation' ? rule.annotations : rule.labels;
  return texts.get(text?.[2] ?? '')?.range ?? rule.range;
}

/** Prometheus counts columns in bytes, we count UTF-16 units. */
function offsetOfBytes(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + Buffer.from(lines[line - 1] ?? '').subarray(0, column - 1).toString().length;
}

function rangeOfLine(text: string, line: number): TextRange {
  if (line < 1) return { offset: 0, length: text.length };
  const lines = text.split('\n');
  const offset = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const found = lines[line - 1] ?? '';
  const indent = found.length - found.trimStart().length;
  return { offset: offset + indent, length: Math.max(1, found.trim().length) };
}
