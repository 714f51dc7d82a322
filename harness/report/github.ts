import { stripVTControlCharacters } from 'node:util';
import type { Diagnostic, Level } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Report, Reporter } from '../model/report.ts';
import { readChain } from './errors.ts';
import { escapeLine } from './escape.ts';
import { collectDiagnostics, concludeRun, cutText } from './tally.ts';

type Command = 'error' | 'warning' | 'notice';
interface Annotation {
  readonly command: Command;
  readonly title: string;
  readonly place: Place | undefined;
  readonly message: string;
}

const commands: Readonly<Record<Level, Command>> = { error: 'error', warning: 'warning', note: 'notice' };
/** Of one type and one step; the others stand in the log only. Source: GitHub's documentation of workflow commands. */
const shownAnnotations = 10;
/** UTF-16 units. GitHub's runner cuts at 4096 without a word; what is left is for the note. */
const maxMessageLength = 3800;

/** For GitHub Actions: a workflow command a mistake, a breakage and a skip, then what the terminal ends with. */
export const github: Reporter = {
  name: 'github',
  render(report) {
    const annotations = listAnnotations(report);
    const lines = [...annotations.map(renderAnnotation), concludeRun(report), ...noteHidden(annotations)];
    return `${lines.join('\n')}\n`;
  },
};

/** Errors, warnings, notices: breakage and interruption first, as they may be why the others are few. */
function listAnnotations(report: Report): readonly Annotation[] {
  const all: readonly Annotation[] = [
    ...(report.interrupted ? [{ command: 'error' as const, title: 'interrupted', place: undefined, message: 'Interrupted: this report is incomplete.' }] : []),
    ...annotateErrors(report),
    ...collectDiagnostics(report).map(annotateDiagnostic),
    ...report.verdicts.filter((verdict) => verdict.kind === 'skipped').map(({ block, reason }) => ({ command: 'notice' as const, title: 'skipped', place: block.fence, message: `${block.id}: ${reason}` })),
  ];
  return (['error', 'warning', 'notice'] as const).flatMap((command) => all.filter((annotation) => annotation.command === command));
}

/** Each error once, at the first block that it took down. */
function annotateErrors({ errors, verdicts }: Report): readonly Annotation[] {
  const errored = verdicts.filter((verdict) => verdict.kind === 'errored');
  const blocksByError = Map.groupBy(errored, ({ error }) => error);
  return [...new Set<Error>([...errors, ...blocksByError.keys()])].map((error) => {
    const blocks = (blocksByError.get(error as (typeof errored)[number]['error']) ?? []).map(({ block }) => block);
    const { code, message, causes, logTail } = readChain(error);
    const named = blocks.slice(0, 5).map(({ id }) => id).join(', ') + (blocks.length > 5 ? ` and ${blocks.length - 5} more` : '');
    const affected = blocks.length === 0 ? [] : [`no verdict for ${blocks.length} ${blocks.length === 1 ? 'block' : 'blocks'}: ${named}`];
    const log = logTail === '' ? [] : ['last lines of its log:', stripVTControlCharacters(logTail).trimEnd()];
    return { command: 'error', title: code === undefined ? 'broken' : `broken ${code}`, place: blocks[0]?.fence, message: [message, ...affected, ...causes.map((cause) => `because ${cause}`), ...log].join('\n') };
  });
}

function annotateDiagnostic({ ruleId, level, message, place, related }: Diagnostic): Annotation {
  const notes = related.map((other) => `note ${other.message} (${other.place.file}:${other.place.start.line}:${other.place.start.column})`);
  return { command: commands[level], title: ruleId, place, message: [message, ...notes].join('\n') };
}

function renderAnnotation({ command, title, place, message }: Annotation): string {
  const properties = Object.entries({ ...(place === undefined ? {} : locate(place)), title }).map(([name, value]) => `${name}=${escapeProperty(spellControls(String(value)))}`);
  return `::${command} ${properties.join(',')}::${escapeData(cutText(spellControls(message), maxMessageLength))}`;
}

/** GitHub takes columns only where both are of one line. */
function locate({ file, start, end }: Place): Readonly<Record<string, string | number>> {
  if (start.line !== end.line) return { file, line: start.line, endLine: end.line };
  return { file, line: start.line, col: start.column, endLine: end.line, endColumn: end.column };
}

/** A log is a terminal: all controls but line endings are spelt out. */
function spellControls(text: string): string {
  return text.replaceAll('\t', '  ').replace(/[^\r\n]+/g, escapeLine);
}

/** GitHub's own escapes. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function noteHidden(annotations: readonly Annotation[]): readonly string[] {
  const hidden = (['error', 'warning', 'notice'] as const).flatMap((command) => {
    const count = annotations.filter((annotation) => annotation.command === command).length - shownAnnotations;
    return count > 0 ? [`${count} ${command}${count === 1 ? '' : 's'}`] : [];
  });
  return hidden.length === 0 ? [] : [`GitHub shows ${shownAnnotations} annotations of a type. Only in this log: ${hidden.join(', ')}.`];
}
