import type { PythonFinding } from './pyright.ts';
import { SYNTAX } from './ruff.ts';

/** What to do next, by code; for codes without a line of their own the last sentence says how to mean it. */
const ADVICE: Readonly<Record<string, string>> = {
  [SYNTAX]: 'Correct it here or directly before: nothing of the block can be run.',
  reportMissingImports: 'Only the packages of the sandbox and files beside this one can be imported: correct the name, or do without.',
  reportMissingModuleSource: 'Only its types are known; the sandbox does not have it: do without, or use a package that is locked.',
  reportUnusedCoroutine: 'Write `await` before it: without, it never runs.',
  reportUndefinedVariable: 'Define or import it in this block: each is a module of its own and sees no names of others.',
  reportOptionalMemberAccess: 'Check for None first.',
  reportOptionalSubscript: 'Check for None first.',
  reportPossiblyUnbound: 'Give it a value on every way that leads here.',
  reportAttributeAccessIssue: 'Correct the name, or look at the type that it has here.',
  reportCallIssue: 'Give exactly what it declares.',
  reportIndexIssue: 'Look at the type that it has here.',
  F401: 'Remove the import, or use it.',
  F841: 'Remove it, or use it.',
  E722: 'Name the exceptions that you can handle.',
  B006: 'Use None, and make the value inside.',
  B904: 'Write `raise … from error`, so that the cause stays in the log.',
  DTZ005: 'Give the zone: `datetime.now(UTC)`.',
  S113: 'Give `timeout=` in seconds: without, a request may wait for ever.',
  G004: 'Pass the values as fields: text that was joined cannot be asked for.',
};

/** What the message says of two types that do not fit. */
const MISFITS: readonly (readonly [RegExp, string])[] = [
  [/"(?:Literal\['[^']*'\]|str)" (?:is not assignable|cannot be assigned) to .*"(?:int|float)"/, 'Write the number without quotes, or convert with int(…) or float(…).'],
  [/"(?:Literal\[\d+\]|int|float)" (?:is not assignable|cannot be assigned) to .*"str"/, 'Quote it, or convert with str(…).'],
  [/"None" (?:is not assignable|cannot be assigned)/, 'Say what stands in for None, or check first.'],
];

/** What to do about a finding, as sentences. */
export function adviseOnPython({ code, tool, message }: PythonFinding): string {
  const known = ADVICE[code] ?? MISFITS.find(([said]) => said.test(message))?.[1];
  if (code === SYNTAX) return known ?? '';
  const advice = known ?? (code.startsWith('ASYNC') ? 'Use the asynchronous form: this one stops every other request while it waits.' : 'Correct it.');
  return tool === 'pyright' && code === 'pyright' ? advice : `${advice} If the mistake is the point, say rejects=${code}.`;
}
