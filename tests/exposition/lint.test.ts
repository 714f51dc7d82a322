import { expect, test } from 'vitest';
import { presentTool } from '../../harness/backends/engine-tools.ts';
import { lintMetrics } from '../../harness/checkers/exposition/promtool.ts';
import { root, signal } from '../sandbox/engine.ts';

const promtool = (await presentTool(root, 'prometheus', 'promtool')) as string;
const counter = (name: string): { text: string; metrics: string[] } => ({ text: `# HELP ${name} How many.\n# TYPE ${name} counter\n${name} 1`, metrics: [name] });

test('each lint is of the text that its metric stands in, also where two texts have the same', async () => {
  const lints = await lintMetrics(promtool, [counter('a'), counter('b_total'), counter('c'), counter('a')], signal);
  expect(lints.map(({ index, metric }) => `${index} ${metric}`).sort()).toEqual(['0 a', '2 c', '3 a']);
  expect(lints[0]?.words).toBe('counter metrics should have "_total" suffix');
});

test('a text that promtool cannot read is told by its own line, and the others are judged all the same', async () => {
  const lints = await lintMetrics(promtool, [counter('a'), { text: '# fine\nb c', metrics: ['b'] }, counter('d')], signal);
  expect(lints.map(({ index, metric, line }) => `${index} ${metric} ${line}`).sort()).toEqual(['0 a undefined', '1 undefined 2', '2 d undefined']);
});

test('a promtool that is not there is ours to mend', async () => {
  await expect(lintMetrics('/nowhere/promtool', [counter('a')], signal)).rejects.toMatchObject({ name: 'HarnessError', code: 'checker-crashed', message: expect.stringContaining('npm run images') });
});
