import type { Exchange, ShellResult } from '../../images/sandbox/runner/shell/protocol.ts';
import type { Block } from '../../model/block.ts';
import type { Finding } from '../../model/checker.ts';
import type { Rule } from '../../model/diagnostic.ts';
import { HarnessError } from '../../model/verdict.ts';
import { attributeText } from '../answers.ts';

export const shellRules = {
  'exit': { level: 'error', summary: 'The commands ended with another exit code than they should.' },
  'timed-out': { level: 'error', summary: 'The commands did not end in time.' },
  'killed': { level: 'error', summary: 'The commands were ended from outside, most often because they took too much memory.' },
  'too-much-output': { level: 'error', summary: 'The commands write more than a transcript can show.' },
  'no-output': { level: 'error', summary: 'The commands wrote nothing, and the page does not say that they should not.' },
  'not-empty': { level: 'error', summary: 'The page says that nothing is answered, but something is.' },
  'empty-answer': { level: 'error', summary: 'A service answered with nothing in it, and the page does not say that it should.' },
  'limit-reached': { level: 'error', summary: 'Jaeger answered as many traces as it may: there are others, and which ones differs from run to run.' },
  'rejected': { level: 'error', summary: 'A service refused what was asked.' },
  'not-rejected': { level: 'error', summary: 'No service refused what the page says is refused.' },
  'read-only': { level: 'error', summary: 'The commands would write to a service, and may only ask.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof shellRules;

/**
 * What is wrong with how a block ended, with what it was answered, and with what it wrote; empty when nothing is.
 * @param isSetup another block continues it: it may be silent
 * @throws HarnessError `backend-lost` when a service did not answer at all
 */
export function judgeShell(block: Block, result: ShellResult, isSetup: boolean): Finding[] {
  const lost = result.exchanges.find(({ status }) => status === 502);
  if (lost !== undefined) throw new HarnessError('backend-lost', `while ${block.id} ran, ${lost.message}`);
  const ended = judgeEnd(block, result);
  const asked = judgeExchanges(block, result.exchanges);
  // An exit code that follows from a refusal says less than the refusal.
  if (asked.length > 0) return asked;
  if (ended.length > 0) return ended;
  return judgeOutput(block, result, isSetup);
}

function judgeEnd(block: Block, result: ShellResult): Finding[] {
  const at = (rule: RuleName, message: string): Finding[] => [finding(block, rule, message)];
  if (result.truncated) return at('too-much-output', 'Wrote more than 256 KB, expected an answer that a reader can read. Print less, e.g. with jq or head.');
  if (result.timedOut) return at('timed-out', 'Found them still running after 10 s, expected an end before that. Ask for less, or leave out what waits or follows.');
  if (result.signal !== undefined) return at('killed', `Ended by ${result.signal}, expected an end of their own. Most often that means that they took more memory than the sandbox has (512 MB): keep less, or pass it on piece by piece.`);
  const expected = Number(attributeText(block, 'exit') ?? 0);
  if (result.exitCode !== expected) {
    const words = showShellPaths(result.stderr).trim().split('\n').at(-1);
    const stop = result.exitCode !== 0 ? ' The first command that fails ends the block.' : '';
    return at('exit', `Ended with exit code ${result.exitCode}, expected ${expected}.${words ? ` Last words: ${words}${/[.!?]$/.test(words) ? '' : '.'}` : ''}${stop} Mend it, or write exit=${result.exitCode} where that is the point.`);
  }
  return [];
}

const NAMES: Readonly<Record<Exchange['service'], string>> = { prometheus: 'Prometheus', loki: 'Loki', jaeger: 'Jaeger', alertmanager: 'Alertmanager' };

function judgeExchanges(block: Block, exchanges: readonly Exchange[]): Finding[] {
  const expected = attributeText(block, 'rejects');
  const forbidden = exchanges.filter((each) => each.forbidden);
  if (forbidden.length > 0) return unique(forbidden.map((each) => finding(block, 'read-only', `${each.method} ${each.path} is not open in the sandbox, expected a question: blocks may only ask ${NAMES[each.service]}, because others ask the same data. Write \`no_run\` on the fence where writing is the point.`, each)));
  const refused = exchanges.filter(({ status }) => status >= 400);
  if (expected !== undefined) {
    if (refused.some(({ message }) => message.includes(expected))) return [];
    const said = refused.length === 0 ? 'Nothing was refused' : `${NAMES[(refused[0] as Exchange).service]} said: ${refused[0]?.message}`;
    return [{ ...finding(block, 'not-rejected', `${said}, expected a refusal that says "${expected}". Correct the command, or rejects=.`), attribute: 'rejects' }];
  }
  const cut = exchanges.filter(({ cutAt }) => cutAt !== undefined);
  const empty = block.attributes.has('empty') ? [] : exchanges.filter((each) => each.empty);
  return unique([
    ...refused.map((each) => finding(block, 'rejected', `${NAMES[each.service]} answered ${each.status}, expected an answer: ${stop(each.message)} Correct the command, or say rejects="…" with some of these words where that is the point.`, each)),
    ...cut.map((each) => finding(block, 'limit-reached', `Jaeger answered ${each.cutAt} traces, expected fewer than the limit (limit=, 100 where there is none): which ones it leaves out differs from run to run. Raise limit=, or narrow the search, and cut afterwards, e.g. with jq '.data[:3]'.`, each)),
    ...empty.map((each) => finding(block, 'empty-answer', `${NAMES[each.service]} answered ${each.path} with nothing in it, expected something. Look at names, labels and times; write \`empty\` on the fence when that is the point.`, each)),
  ]);
}

function judgeOutput(block: Block, { stdout, stderr, exchanges }: ShellResult, isSetup: boolean): Finding[] {
  const isSilent = stdout.trim() === '' && stderr.trim() === '';
  const empty = block.attributes.has('empty');
  if (isSilent && !empty && !isSetup) return [finding(block, 'no-output', 'Wrote nothing, expected some output for a reader to see. Print something, or write `empty` on the fence when silence is the point.')];
  if (!isSilent && empty && !exchanges.some((each) => each.empty)) {
    return [{ ...finding(block, 'not-empty', '`empty` says that nothing is answered, but there is output, and no service answered with nothing in it. Remove it, or mend the command.'), attribute: 'empty' }];
  }
  return [];
}

/** At the line that asks, where it can be told. */
function finding(block: Block, rule: RuleName, message: string, exchange?: Exchange): Finding {
  const at = exchange === undefined ? -1 : block.text.indexOf(exchange.path);
  if (at < 0) return { block, rule, range: { offset: 0, length: block.text.length }, message };
  return { block, rule, range: { offset: at, length: (exchange as Exchange).path.length }, message };
}

/** The same question in a loop is one mistake. */
function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [each.message, each])).values()];
}

function stop(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** Paths as a reader knows them: the folder is theirs, not the sandbox's. */
export function showShellPaths(text: string): string {
  return text.replaceAll(/\/scratch\/technow(?=\/|\b)/g, '~/technow').replaceAll(/\/scratch\/home(?=\/|\b)/g, '~');
}
