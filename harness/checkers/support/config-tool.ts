import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { Block } from '../../model/block.ts';
import type { CheckContext, Finding } from '../../model/checker.ts';
import type { Rule } from '../../model/diagnostic.ts';
import type { TextRange } from '../../model/place.ts';
import { HarnessError } from '../../model/verdict.ts';
import { explainYamlErrors } from '../../rule-file/yaml-error.ts';
import { lineRange, wholeBlock } from './ranges.ts';

export const configRules = {
  'syntax-error': { level: 'error', summary: 'The file is not YAML.' },
  'refused': { level: 'error', summary: 'The tool of the backend refuses the file.' },
} as const satisfies Record<string, Rule>;

/** A tool that judges configuration files, all of them in one call. */
export interface ConfigTool {
  readonly program: string;
  readonly arguments: readonly string[];
  /** What it said about each file that it refused, by file name. */
  readonly readRefusals: (stdout: string, stderr: string) => ReadonlyMap<string, string>;
}

/** YAML first, with exact positions; then the tool, where it is on this machine, for what is YAML. */
export async function checkConfigs(blocks: readonly Block[], context: CheckContext, tool: ConfigTool, signal: AbortSignal): Promise<Finding<keyof typeof configRules>[]> {
  const syntax = blocks.flatMap(checkYaml);
  const sound = blocks.filter((block) => !syntax.some((finding) => finding.block === block));
  const path = sound.length === 0 ? undefined : await context.tool(tool.program);
  if (path === undefined) return syntax;
  const refusals = await runTool(path, tool, sound, signal);
  return [...syntax, ...sound.flatMap((block, index) => {
    const said = refusals.get(fileName(index));
    return said === undefined ? [] : [{ block, rule: 'refused' as const, range: rangeOf(block, said), message: `${tool.program} refuses this: ${said.replace(/^yaml: (unmarshal errors:\s*)?/, '').trim()}.` }];
  })];
}

function checkYaml(block: Block): Finding<'syntax-error'>[] {
  const { errors } = parseDocument(block.text, { prettyErrors: false });
  return errors.length === 0 ? [] : [{ block, rule: 'syntax-error', ...explainYamlErrors(block.text, errors) }];
}

const fileName = (index: number): string => `${index}.yml`;

async function runTool(path: string, tool: ConfigTool, blocks: readonly Block[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'check-config-'));
  try {
    await Promise.all(blocks.map((block, index) => writeFile(join(folder, fileName(index)), `${block.text}\n`)));
    const { code, stdout, stderr } = await run(path, [...tool.arguments, ...blocks.map((_, index) => fileName(index))], folder, signal);
    const refusals = tool.readRefusals(stdout, stderr);
    if (code !== 0 && refusals.size === 0) throw new HarnessError('checker-crashed', `${tool.program} failed without naming a file`, { logTail: stdout + stderr });
    return refusals;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[], cwd: string, signal: AbortSignal): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, signal }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') {
        reject(new HarnessError(signal.aborted ? 'cancelled' : 'checker-crashed', `${program} could not be run`, { cause: error, logTail: stderr }));
      } else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** `line 3: …`, or the first quoted word that stands in the text (`undefined receiver "nope"`), or all of it. */
function rangeOf(block: Block, said: string): TextRange {
  const line = /\bline (\d+)/.exec(said)?.[1];
  if (line !== undefined) return lineRange(block.text, Number(line));
  for (const [, word] of said.matchAll(/"([^"]+)"/g)) {
    const at = block.text.search(new RegExp(`(?<=[\\s:\\[,"'])${(word as string).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=[\\s\\],"']|$)`));
    if (at >= 0) return { offset: at, length: (word as string).length };
  }
  return wholeBlock(block);
}
