import { runTool } from '../../model/run-tool.ts';

/** What `promtool check metrics` says about one of the given texts. */
export interface Lint {
  /** Index of the text. */
  readonly index: number;
  /** The metric that it is about; undefined when it could not read the text. */
  readonly metric: string | undefined;
  /** 1-based line of the text, where it could not be read. */
  readonly line: number | undefined;
  readonly words: string;
}
export interface LintInput {
  readonly text: string;
  /** Names of its metrics: texts that share none are asked about in one call. */
  readonly metrics: readonly string[];
}

/** Asks promtool about all texts in as few calls as their names allow, one where no metric stands in two. @throws HarnessError when promtool cannot be run */
export async function lintMetrics(promtool: string, inputs: readonly LintInput[], signal: AbortSignal): Promise<Lint[]> {
  const found: Lint[] = [];
  const waiting = batchByNames(inputs);
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const { stderr } = await runTool(promtool, ['check', 'metrics'], { input: batch.map((index) => `${inputs[index]?.text ?? ''}\n`).join(''), signal });
    const lints = stderr.split('\n').flatMap((line) => readLint(line, batch, inputs));
    found.push(...lints);
    const unread = lints.find(({ line }) => line !== undefined);
    // It stops at what it cannot read: the others are asked about again, without that.
    if (unread !== undefined && batch.length > 1) waiting.push(batch.filter((index) => index !== unread.index));
  }
  return found;
}

function batchByNames(inputs: readonly LintInput[]): number[][] {
  const batches: { readonly indices: number[]; readonly metrics: Set<string> }[] = [];
  for (const [index, { metrics }] of inputs.entries()) {
    let batch = batches.find((one) => metrics.every((name) => !one.metrics.has(name)));
    if (batch === undefined) batches.push((batch = { indices: [], metrics: new Set() }));
    batch.indices.push(index);
    for (const name of metrics) batch.metrics.add(name);
  }
  return batches.map(({ indices }) => indices);
}

/** `<metric> <words>`, or `error while linting: text format parsing error in line 3: …`. */
function readLint(line: string, batch: readonly number[], inputs: readonly LintInput[]): Lint[] {
  const unread = /parsing error in line (\d+): (.*)$/.exec(line);
  if (unread !== null) {
    let rest = Number(unread[1]);
    for (const index of batch) {
      const height = (inputs[index]?.text ?? '').split('\n').length;
      if (rest <= height) return [{ index, metric: undefined, line: rest, words: unread[2] ?? '' }];
      rest -= height;
    }
  }
  const [, metric, words] = /^(\S+) (.+)$/.exec(line) ?? [];
  const index = batch.find((candidate) => inputs[candidate]?.metrics.includes(metric ?? ''));
  return index === undefined ? [] : [{ index, metric, line: undefined, words: words ?? '' }];
}
