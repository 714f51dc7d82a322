import { LangVariant, parse, ParseError } from 'sh-syntax';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { absentCommands, runnableCommands } from './shell/commands.ts';
import { checkAddresses } from './shell/addresses.ts';
import { checkQueries } from './shell/queries.ts';
import { commandsUsed, type CommandUse } from './shell/commands-used.ts';
import { describeSyntax } from './shell/syntax.ts';
import { lineRange } from './support/ranges.ts';
import { hintAt, suggest } from './support/suggest.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'bash cannot parse the commands.' },
  'prompt': { level: 'error', summary: 'A prompt stands before a command: whoever copies it gets an error.' },
  'unknown-command': { level: 'error', summary: 'A command that neither the sandbox nor a reader has.' },
  'unknown-port': { level: 'error', summary: 'An address of localhost at which nothing of the course listens.' },
  'far-host': { level: 'error', summary: 'An address outside: what runs in the sandbox reaches localhost only.' },
  'unquoted-address': { level: 'error', summary: 'An address without quotes, which bash cuts at an `&`.' },
  'curl-pattern': { level: 'error', summary: 'curl reads brackets and braces in an address as patterns.' },
  'no-dataset': { level: 'error', summary: 'The commands ask a service, and nothing says with which data.' },
  'unknown-name': { level: 'error', summary: 'A command asks for a metric, label or field that its dataset does not have.' },
  'not-run': { level: 'note', summary: 'The block is checked and not run, because the sandbox lacks a command.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;
type Found = Omit<Finding<RuleName>, 'block'>;

/** Shell commands: parsed as bash by mvdan/sh, commands and addresses known; run where the sandbox has the commands. */
export const shell = defineChecker({
  name: 'shell',
  languages: ['sh', 'bash', 'shell'],
  attributes: ['dataset', 'at', 'expect', 'exit', 'empty', 'rejects', 'continues'],
  rules,
  backend: 'shell',
  chains: true,
  checkedOnly: (block) => {
    const absent = findAbsent(block.text);
    return absent === undefined ? undefined : `\`${absent.name}\` is not in the sandbox: the block is checked and not run`;
  },
  check: async (blocks, context) => (await Promise.all(blocks.map(async (block) => (await checkBlock(block, context)).map((found) => ({ block, ...found }))))).flat(),
});

function findAbsent(text: string): CommandUse | undefined {
  return commandsUsed(text).find(({ name }) => absentCommands.has(name));
}

async function checkBlock(block: Block, context: CheckContext): Promise<Found[]> {
  const prompts = findPrompts(block.text);
  if (prompts.length > 0) return prompts;
  if (block.text.trim() === '') return [{ rule: 'syntax-error', range: { offset: 0, length: 0 }, message: 'Found an empty block, expected commands. Write them, or remove the block.' }];
  const mistake = await findSyntaxError(block.text);
  if (mistake !== undefined) return [mistake];
  const absent = findAbsent(block.text);
  const isRun = absent === undefined && !block.attributes.has('no_run');
  const continued = new Set(commandsDefined(block.continuedText ?? ''));
  const unknown = commandsUsed(block.text).filter(({ name }) => !isKnown(name) && !continued.has(name)).map(describeUnknown);
  const note: Found[] = absent === undefined || block.attributes.has('no_run') ? [] : [{ rule: 'not-run', range: absent.range, message: `\`${absent.name}\` is not in the sandbox: this block is checked and not run. Write \`no_run\` on the fence to say so there.` }];
  return [...unknown, ...checkAddresses(block, isRun, context), ...checkQueries(block, context), ...note];
}

/** A function that an earlier block defined is a command in one that continues it. */
function commandsDefined(text: string): string[] {
  return [...text.matchAll(/^\s*(?:function\s+)?([\w-]+)\s*\(\)/gm)].map(([, name]) => name as string);
}

function isKnown(name: string): boolean {
  return runnableCommands.has(name) || absentCommands.has(name) || name.includes('/') || name === '';
}

function describeUnknown({ name, range }: CommandUse): Found {
  // A sentence begins with a capital letter, no command does.
  const near = /^[A-Z]/.test(name) ? undefined : suggest(name, [...runnableCommands, ...absentCommands]);
  const advice = near === undefined ? ' Use one of bash, coreutils, curl, jq, promtool, amtool, logcli, python3 or node; text that is no command goes into a `text` block.' : hintAt(name, [near]);
  return { rule: 'unknown-command', range, message: `Found the command \`${name}\`, expected one that the sandbox has.${advice}` };
}

/** `$ ` before a command, `> ` before the rest of one. */
function findPrompts(text: string): Found[] {
  return text.split('\n').flatMap((line, index): Found[] => {
    if (!/^\s*[$%] (?=\S)/.test(line)) return [];
    const range = lineRange(text, index + 1);
    return [{ rule: 'prompt', range: { ...range, length: 1 }, message: `Found the prompt \`${line.trim()[0]}\`, expected the command alone: a reader copies it, and the real answer stands below the block. Remove it, and what the commands printed.` }];
  });
}

async function findSyntaxError(text: string): Promise<Found | undefined> {
  try {
    await parse(text, { variant: LangVariant.LangBash });
    return undefined;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { rule: 'syntax-error', ...describeSyntax(text, error) };
  }
}
