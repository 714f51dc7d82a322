import { LangVariant, parse, ParseError } from 'sh-syntax';
import { parse as parseQuickly } from 'unbash';
import { absentCommands, runnableCommands } from '../checkers/shell/commands.ts';
import { describeSyntax } from '../checkers/shell/syntax.ts';
import { findPromqlMistake } from '../checkers/support/promql-syntax.ts';
import { excuse, isAnswer } from './excuses.ts';
import type { Found, Judge, Outcome, Piece } from './model.ts';
import { find } from './rules.ts';

/** Shell commands, by the grammar of bash. Sessions with prompts are judged by what is typed; what is printed belongs to nobody. */
export const judgeShell: Judge = async (pieces) => new Map(await Promise.all(pieces.map(async (piece): Promise<[Piece, Outcome]> => [piece, await judgeOne(piece).catch((): Outcome => ({ kind: 'unknown', reason: 'no parser can read it' }))])));

async function judgeOne(piece: Piece): Promise<Outcome> {
  const { text } = piece;
  const typed = readSession(text);
  if (typed !== undefined) {
    return await syntaxError(typed) === undefined ? { kind: 'passed', depth: 'parsed' } : { kind: 'unknown', reason: 'it is a session with prompts, in which commands and answers cannot be told apart for sure' };
  }
  if (isHelp(text) || /^\s*usage:|^(?:Flags|Options|Commands|Available Commands):\s*$/im.test(text)) return { kind: 'unknown', reason: 'it is the help of a program' };
  const addresses = findAddresses(piece);
  const strange = addresses.length > 0 ? await findStrange(text) : [];
  const found = [...addresses, ...strange];
  if (found.length > 0) {
    const doubt = excuse({ ...piece, text: addresses.map((one) => text.slice(one.offset, one.offset + one.length)).join('\n') }) ?? doubtAddress(piece, addresses);
    return doubt === undefined ? { kind: 'failed', depth: 'parsed', found } : { kind: 'unknown', reason: doubt };
  }
  const error = await syntaxError(text);
  if (error === undefined) return { kind: 'passed', depth: 'parsed' };
  const doubt = excuse(piece) ?? doubtShell(text) ?? doubtFile(piece);
  if (doubt !== undefined) return { kind: 'unknown', reason: `bash does not parse it, which need not be wrong: ${doubt}` };
  return { kind: 'failed', depth: 'parsed', found: [{ rule: 'shell/syntax-error', level: 'error', offset: error.range.offset, length: error.range.length, message: error.message }] };
}

/** A reference of flags: `--flag=default: what it does`, a line each. */
function isHelp(text: string): boolean {
  const lines = text.split('\n').filter((line) => /^\S/.test(line) && !line.startsWith('#'));
  return lines.length > 0 && lines.every((line) => /^--?\w/.test(line));
}

/** What is typed in a session with prompts (`$ `, `user@host:~$ `), with the lines in which it goes on; undefined where no line has one. */
function readSession(text: string): string | undefined {
  const typed: string[] = [];
  let goesOn = false;
  let hasPrompt = false;
  for (const line of text.split('\n')) {
    const command: string | undefined = /^\s*(?:\[?[\w.-]+@[\w.-]+[^$#\n]*[$#]|\([\w.-]+\)\s*\$|\((?:pprof|gdb|lldb|dlv|Pdb)\)|[\w~/.-]*[$%❯➜]|PS [^>\n]*>)\s+(\S.*)$/.exec(line)?.[1] ?? (goesOn ? line.replace(/^\s*>\s/, '') : undefined);
    hasPrompt ||= command !== undefined && !goesOn;
    if (command !== undefined) typed.push(command);
    goesOn = command?.endsWith('\\') === true;
  }
  return hasPrompt ? typed.join('\n') : undefined;
}

/** Lines that are nothing but an address of HTTP, where nothing above goes on in them. */
function findAddresses({ text }: Piece): Found[] {
  const rows = text.split('\n');
  let offset = 0;
  return rows.flatMap((row, index) => {
    const at = offset;
    offset += row.length + 1;
    const address = /^\s*(https?:\/\/[^\s'"]+)\s*$/.exec(row)?.[1];
    if (address === undefined || /[\\|&(<'"]\s*$/.test(rows[index - 1] ?? '') || /<<-?\s*['"]?\w+/.test(rows.slice(0, index).join('\n'))) return [];
    return [find('address-as-command', at + row.indexOf(address), address.length, 'Found an address where a shell expects a command. Put `curl` or `open` before it, or take it out of the fence.')];
  });
}

/** An address with lines right above or below it is a part of what a program prints. */
function doubtAddress(piece: Piece, addresses: readonly Found[]): string | undefined {
  const isOther = (line: string | undefined): boolean => line !== undefined && line.trim() !== '' && !/^\s*(?:#|https?:)/.test(line);
  const stands = addresses.some(({ offset }) => {
    const before = piece.text.slice(0, offset).split('\n').at(-2);
    const after = piece.text.slice(offset).split('\n')[1];
    return isOther(before) || isOther(after);
  });
  if (piece.text.trim().split('\n').every((line) => /^\s*https?:/.test(line)) && /\b(?:endpoints?|path|urls?|address(?:es)?|links?|browser|schema|available at|located at|served (?:at|on))\b/i.test(piece.sample.before)) return 'it is an address to be read or copied, which the words above call it';
  return stands || isAnswer(piece) ? 'an answer seems to stand in it' : undefined;
}

/** The lines that do not parse by themselves, beside an address that is no command either. */
async function findStrange(text: string): Promise<Found[]> {
  const found: Found[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    const isComment = line.trim() === '' || /^\s*#/.test(line);
    if (!isComment && await syntaxError(line) !== undefined) {
      const what = /[({]/.test(line) && findPromqlMistake(line) === undefined ? 'a PromQL query' : 'a line that is no command';
      found.push(find('not-a-command', offset + line.length - line.trimStart().length, line.trim().length, `Found ${what} among commands, which bash cannot parse. Give it a fence of its own.`));
    }
    offset += line.length + 1;
  }
  return found;
}

/** Two parsers must refuse it. The one that says it better starts a program for each text, and is asked second. */
async function syntaxError(text: string): Promise<ReturnType<typeof describeSyntax> | undefined> {
  if (parseQuickly(text).errors === undefined) return undefined;
  try {
    await parse(text, { variant: LangVariant.LangBash });
    return undefined;
  } catch (error) {
    if (error instanceof ParseError) return describeSyntax(text, error);
    throw error;
  }
}

/** Text of another language under the tag of a shell, for its colours. */
function doubtFile({ sample, text }: Piece): string | undefined {
  if (/^\s*\(\s*[&|!]\s*\(|^\s*\(\w+ = /m.test(text)) return 'it is a filter or a list of another language';
  const file = /`[\w./~-]*\.(?!sh\b|bash\b|zsh\b)[a-z]\w*`\s+(?:file|configuration)\b/i.exec(sample.before)?.[0];
  return file === undefined ? undefined : `the words above call it a file: ${file}`;
}

const KEYWORDS = /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function|\{|\}|\(|\)|\[\[?|!|#|&&|\|\|?|-|'|"|EOF|\w+=|[\w-]+\(\)|[\w*|"-]+\))/;

/** What stands under the tag of a shell and is other things too: answers, other shells, text to be filled in. */
function doubtShell(text: string): string | undefined {
  if (/^\s*(?:Get|Set|New|Invoke|Import|Write|Remove|Add|Start|Stop)-[A-Z]\w+|\$env:|`\s*$|^\s*(?:set|SET) \w+=|%\w+%|^\s*(?:REM|@echo)\b|\bfish\b/m.test(text)) return 'it is another shell';
  if (/^\w+\s*=\s*\w+\([^)]*\(?/m.test(text)) return 'it is a formula';
  if (/^\s*\([\w-]+\):\s|^\s*[{}[\]]|^\s*[\w-]+:\s|^\s*[|+][-=|+ ]|^\s*\d{4}-\d\d-\d\d|^\s*"[\w-]+"\s*:/m.test(text)) return 'an answer seems to stand among the commands';
  if (/^\s*\(*\s*(?:sum|avg|min|max|count|topk|bottomk|rate|irate|increase|histogram_quantile)\b[^\n]*\(/m.test(text) && !/^\s*(?:curl|promtool|logcli|echo|kubectl)\b/m.test(text)) return 'it is a query, no command';
  if (/\([A-Z][\w ]+\)|\[--?\w+|\[[a-z]+\]\s*$/m.test(text)) return 'words in brackets are to be filled in';
  const heads = text.replace(/\\\n/g, ' ').replace(/<<-?\s*['"]?(\w+)['"]?[\s\S]*?^\s*\1\s*$/gm, '').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const isCommand = (line: string): boolean => KEYWORDS.test(line) || runnableCommands.has(line.split(/\s/)[0] ?? '') || absentCommands.has(line.split(/\s/)[0] ?? '') || /^(?:\.{0,2}\/|~\/)/.test(line);
  return heads.every(isCommand) ? undefined : 'some of its lines do not begin with a command that is known here';
}
