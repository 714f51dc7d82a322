import type { RunResult } from '../../model/backend.ts';
import type { Block } from '../../model/block.ts';
import type { AlertingRule } from './judge.ts';
import type { Promtool } from './promtool.ts';

/** Blocks that `promtool check rules` must refuse (`rejects="…"`), all in one call. */
export async function judgeRefusals(blocks: readonly Block[], promtool: Promtool, signal: AbortSignal): Promise<readonly RunResult[]> {
  if (blocks.length === 0) return [];
  const startedMs = performance.now();
  const files = blocks.map(({ text }, index) => ({ path: `${index}.rules.yml`, content: `${text}\n` }));
  const { stderr } = await promtool.run(files, ['check', 'rules', '--lint=none', ...files.map((file) => file.path)], signal);
  const elapsedMs = (performance.now() - startedMs) / blocks.length;
  return blocks.map((block, index): RunResult => {
    const said = stderr.split('\n').flatMap((line) => new RegExp(`(?:^|/)${index}\\.rules\\.yml: (.*)$`).exec(line)?.[1] ?? []).join('\n');
    const wanted = String(block.attributes.get('rejects')?.value);
    if (said.includes(wanted) && said !== '') return { block, output: { kind: 'rejection', tool: 'promtool', message: said }, findings: [], elapsedMs };
    const found = said === '' ? 'promtool takes this file' : `promtool says: ${said}`;
    const range = { offset: 0, length: Math.max(1, block.text.length) };
    return { block, output: undefined, findings: [{ block, rule: 'not-rejected' satisfies AlertingRule, range, message: `${found}; rejects="${wanted}" expects it to refuse it in these words. Correct one of them.` }], elapsedMs };
  });
}
