import { parseDocument, visit, isScalar } from 'yaml';
import type { Block } from '../../model/block.ts';
import type { CheckContext } from '../../model/checker.ts';
import type { TextRange } from '../../model/place.ts';
import { alertsOf } from '../../rule-file/rule-file.ts';
import { findAlert, readRoutedAlerts, ruleBlocksFor } from '../../rule-file/routed-alerts.ts';
import { attributeText, isRun } from '../support/attributes.ts';
import { wholeBlock } from '../support/ranges.ts';
import { hintAt } from '../support/suggest.ts';

export interface ClaimFinding {
  readonly rule: 'bad-attribute' | 'no-alerts' | 'unknown-alert' | 'depends-on-today';
  readonly range: TextRange;
  readonly message: string;
  readonly attribute?: string;
}

/** Checks `alerts=` of a block that is executed, and that its answer can be the same tomorrow. */
export function checkClaims(block: Block, context: CheckContext): readonly ClaimFinding[] {
  if (!isRun(block)) return [];
  return [...checkAlerts(block, context), ...findClocks(block)];
}

function checkAlerts(block: Block, context: CheckContext): ClaimFinding[] {
  const range = wholeBlock(block);
  const blocks = ruleBlocksFor(block, context.allBlocks);
  const names = [...new Set(blocks.flatMap(({ file }) => alertsOf(file).map((rule) => rule.name.value)))].sort();
  const text = attributeText(block, 'alerts');
  if (text === undefined) {
    const own = blocks.filter((one) => one.block.page === block.page).flatMap(({ file }) => alertsOf(file).map((rule) => rule.name.value))[0];
    return [{ rule: 'no-alerts', range, message: `This block is executed and given no alert, so nothing would be sent. Write which ones: \`alerts=${own ?? names[0] ?? 'HighLatencyP99'}\`, or \`no_run\` when it is only to be checked.` }];
  }
  const { alerts, problems } = readRoutedAlerts(text);
  const malformed = problems.map((item): ClaimFinding => ({
    rule: 'bad-attribute', range, attribute: 'alerts',
    message: `Found \`${item}\` in \`alerts\`, expected names of alerts joined by commas, each alone or with labels: \`alerts="${names[0] ?? 'HighLatencyP99'}, ${names[0] ?? 'HighLatencyP99'}{service=checkout}"\`. Correct it.`,
  }));
  const unknown = alerts.filter(({ name }) => findAlert(name, blocks) === undefined).map(({ name }): ClaimFinding => ({
    rule: 'unknown-alert', range, attribute: 'alerts', message: `\`alerts\` names ${name}, but no rule of the course defines it.${hintAt(name, names)} Correct the name, or show its rule.`,
  }));
  return [...malformed, ...unknown];
}

/** Time intervals are compared with the clock on the wall, which no test can set. */
function findClocks(block: Block): ClaimFinding[] {
  const found: ClaimFinding[] = [];
  visit(parseDocument(block.text, { prettyErrors: false }), {
    Pair: (_, { key }) => {
      if (!isScalar(key) || (key.value !== 'mute_time_intervals' && key.value !== 'active_time_intervals') || found.length > 0) return;
      // The older spelling at the top level only defines intervals.
      const [offset, end] = key.range ?? [0, 1];
      if (offset === 0 || block.text[offset - 1] === '\n') return;
      found.push({ rule: 'depends-on-today', range: { offset, length: end - offset }, message: `Found \`${String(key.value)}\`: Alertmanager compares it with the time at which it runs, so who is told would differ from day to day. Add \`no_run\`, and the file is checked only.` });
    },
  });
  return found;
}
