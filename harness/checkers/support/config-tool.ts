import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { Block } from '../../model/block.ts';
import type { CheckContext, Finding } from '../../model/checker.ts';
import type { Rule } from '../../model/diagnostic.ts';
import type { TextRange } from '../../model/place.ts';
import { HarnessError } from '../../model/verdict.ts';
import { explainYamlErrors } from '../../rule-file/yaml-error.ts';
import { lineRange, wholeBlock } from './ranges.ts';
import { suggest } from './suggest.ts';
import { runTool } from '../../model/run-tool.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../model/temporary.ts';

export const configRules = {
  'syntax-error': { level: 'error', summary: 'The file is not YAML.' },
  'refused': { level: 'error', summary: 'The tool of the backend refuses the file.' },
} as const satisfies Record<string, Rule>;

/** A tool that judges configuration files, all of them in one call. */
export interface ConfigTool {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Keys that its files often have, for "did you mean". */
  readonly keys: readonly string[];
  /** What it said about each file that it refused, by file name. */
  readonly readRefusals: (stdout: string, stderr: string) => ReadonlyMap<string, string>;
}

/** YAML first, with exact positions; then the tool, where it is on this machine, for what is YAML. */
export async function checkConfigs(blocks: readonly Block[], context: CheckContext, tool: ConfigTool, signal: AbortSignal): Promise<Finding<keyof typeof configRules>[]> {
  const syntax = blocks.flatMap(checkYaml);
  const sound = blocks.filter((block) => !syntax.some((finding) => finding.block === block));
  const path = sound.length === 0 ? undefined : await context.tool(tool.program);
  if (path === undefined) return syntax;
  const refusals = await askTool(path, tool, sound, signal);
  return [...syntax, ...sound.flatMap((block, index) => {
    const said = refusals.get(fileName(index));
    return said === undefined ? [] : [{ block, rule: 'refused' as const, range: placeRefusal(block, said), message: explainRefusal(tool.program, said, block.text, tool.keys) }];
  })];
}

function checkYaml(block: Block): Finding<'syntax-error'>[] {
  const { errors } = parseDocument(block.text, { prettyErrors: false });
  return errors.length === 0 ? [] : [{ block, rule: 'syntax-error', ...explainYamlErrors(block.text, errors) }];
}

const fileName = (index: number): string => `${index}.yml`;

async function askTool(path: string, tool: ConfigTool, blocks: readonly Block[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const folder = await makeTemporaryFolder('check-config');
  try {
    await Promise.all(blocks.map((block, index) => writeFile(join(folder, fileName(index)), `${block.text}\n`)));
    const { code, stdout, stderr } = await runTool(path, [...tool.arguments, ...blocks.map((_, index) => fileName(index))], { cwd: folder, signal });
    const refusals = tool.readRefusals(stdout, stderr);
    if (code !== 0 && refusals.size === 0) throw new HarnessError('checker-crashed', `${tool.program} failed without naming a file`, { logTail: stdout + stderr });
    return refusals;
  } finally {
    await removeTemporaryFolder(folder);
  }
}

/** The tool's words without what only its programmers know: line numbers of the block, types of Go. */
export function explainRefusal(program: string, said: string, text: string, keys: readonly string[]): string {
  const words = said.replace(/^yaml: (unmarshal errors:\s*)?/, '').replace(/\bline \d+: /g, '').split('\n')[0]?.trim() ?? '';
  const key = /^field (\S+) not found in type/.exec(words)?.[1];
  if (key !== undefined) {
    const near = suggest(key, keys);
    return `Found the key \`${key}\`, which ${program} does not know here. ${near === undefined ? 'Correct it, or put it where it belongs.' : `Did you mean \`${near}\`?`}`;
  }
  const twice = /^(?:mapping )?key "(.+)" already (?:set|defined)/.exec(words)?.[1];
  if (twice !== undefined) return `Found the key \`${twice}\` a second time. Remove one.`;
  const kinds = /^cannot unmarshal !!(\w+)\s*(?:`[^`]*`)? ?into (\S+)/.exec(words);
  if (kinds !== null) {
    const isList = kinds[2]?.startsWith('[]') === true;
    return `Found ${YAML_KINDS[kinds[1] ?? ''] ?? 'something else'}, expected ${isList ? 'a list' : 'another kind of value'}. ${isList ? 'Begin each entry with `- `.' : 'See what the documentation shows for this key.'}`;
  }
  const receiver = /^undefined receiver "(.+)" used in route$/.exec(words)?.[1];
  if (receiver !== undefined) return explainReceiver(receiver, text);
  const unit = /^unknown unit "(.+)" in duration "(.+)"$/.exec(words) ?? /^not a valid duration string: ()"(.+)"$/.exec(words);
  if (unit !== null && text.includes(unit[2] ?? '')) return `Found \`${unit[2] ?? ''}\`, expected a duration such as \`30s\` or \`5m\`. Write it with one of the units ms, s, m, h, d, without a space.`;
  return `${program} refuses this: ${words}. Correct it here.`;
}

/** A route names a receiver that is not there: those that are, and the nearest of them. */
function explainReceiver(receiver: string, text: string): string {
  const { receivers } = (parseDocument(text).toJS() ?? {}) as { receivers?: readonly { readonly name?: unknown }[] };
  const names = (receivers ?? []).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const near = suggest(receiver, names);
  return `Found the receiver \`${receiver}\` in a route, expected one of those below \`receivers:\`${names.length === 0 ? '' : ` (${names.join(', ')})`}. ${near === undefined ? 'Write one of them, or add it there.' : `Did you mean \`${near}\`?`}`;
}

const YAML_KINDS: Readonly<Record<string, string>> = { map: 'a map', seq: 'a list', str: 'a text', int: 'a number' };

/** `line 3: …`, or the first quoted word that stands in the text (`undefined receiver "nope"`), or all of it. */
export function placeRefusal(block: Pick<Block, 'text'>, said: string): TextRange {
  const line = /\bline (\d+)/.exec(said)?.[1];
  if (line !== undefined) return lineRange(block.text, Number(line));
  const escape = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  for (const [, word = ''] of said.matchAll(/"([^"]+)"/g)) {
    // Of two that have to differ, the second is the one to mend.
    const places = [...block.text.matchAll(new RegExp(`(?<=[\\s:\\[,"'])${escape(word)}(?=[\\s\\],:"']|$)`, 'g'))];
    const place = /multiple|not unique/.test(said) ? places.at(-1) : places[0];
    if (place !== undefined) return { offset: place.index, length: word.length };
  }
  const keys = [...new Set(said.match(/\b[a-z]+(?:_[a-z]+)*\b/g))].flatMap((word) => [...block.text.matchAll(new RegExp(`(?<=^[\\s-]*)${word}(?=:)`, 'gm'))]);
  const key = keys.toSorted((left, right) => right[0].length - left[0].length)[0];
  if (key !== undefined) return { offset: key.index, length: key[0].length };
  return wholeBlock(block);
}
