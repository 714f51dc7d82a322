import { builtIn, type Window } from '../../dashboard/time.ts';
import { formatHeld, interpolate, findMentions, type Held } from '../../dashboard/interpolate.ts';
import type { QueryLanguage, Variable } from '../../dashboard/model.ts';
import { alternatives, firstHeld, fixedValues, pickValues, questionOf } from '../../dashboard/values.ts';
import type { RunResult } from '../../model/backend.ts';
import type { Labels } from '../../model/dataset.ts';
import type { TextRange } from '../../model/place.ts';
import type { Ask } from './ask.ts';

/** What every variable holds at one time. One that cannot be known holds nothing. */
export type Assignment = ReadonlyMap<string, Held>;
export interface VariableProblem {
  readonly range: TextRange;
  readonly message: string;
}
export interface Assigned {
  /** As the dashboard opens, then each other choice of each variable, the others as they open. */
  readonly assignments: readonly Assignment[];
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly VariableProblem[];
}

/** A text with values in place of its variables. */
export function fillIn(text: string, language: QueryLanguage, assignment: Assignment, window: Window): string {
  return interpolate(text, ({ name, format }) => {
    const held = assignment.get(name);
    return held === undefined ? builtIn(name, window) : formatHeld(held, format, language);
  }).text;
}

/** Asks for the values of each variable, in order: a later one may name an earlier one. */
export async function assignVariables(variables: readonly Variable[], window: Window, ask: Ask): Promise<Assigned> {
  const problems = new Map<string, VariableProblem>();
  const values = new Map<string, readonly string[]>();
  const base = await assign(variables, new Map(), { window, ask, problems, values });
  const others: Assignment[] = [];
  for (const [index, variable] of variables.entries()) {
    for (const held of alternatives(variable, values.get(variable.name.text) ?? [])) {
      const chosen = new Map(base).set(variable.name.text, held);
      const depends = variables.slice(index + 1).filter(({ query }) => findMentions(query?.text ?? '').some(({ name }) => name === variable.name.text));
      others.push(await assign(depends, chosen, { window, ask, problems, values: new Map() }));
    }
  }
  return { assignments: [base, ...others], values, problems: [...problems.values()] };
}

interface Assigning {
  readonly window: Window;
  readonly ask: Ask;
  readonly problems: Map<string, VariableProblem>;
  readonly values: Map<string, readonly string[]>;
}

async function assign(variables: readonly Variable[], before: Assignment, { window, ask, problems, values }: Assigning): Promise<Assignment> {
  const assignment = new Map(before);
  for (const variable of variables) {
    const { name } = variable;
    const found = fixedValues(variable) ?? await askValues(variable, assignment, { window, ask, problems });
    assignment.delete(name.text);
    if (found === undefined || found.length === 0) continue;
    values.set(name.text, found);
    assignment.set(name.text, firstHeld(variable, found));
  }
  return assignment;
}

/** @returns undefined where nobody here can ask: another data source, or a function without an answer in a query */
async function askValues(variable: Variable, assignment: Assignment, { window, ask, problems }: Omit<Assigning, 'values'>): Promise<readonly string[] | undefined> {
  const { name, language, query } = variable;
  if (language === undefined || query === undefined || /^label_names\(/.test(query.text)) return undefined;
  const report = (message: string): undefined => void problems.set(name.text, { range: query.range, message });
  const filled = fillIn(query.text, language, assignment, window);
  const question = questionOf(language, filled, window.endMs - window.startMs);
  if (question === undefined) return report(`Found the query \`${query.text}\` of the variable \`${name.text}\`, expected one such as \`label_values(metric, label)\`${language === 'promql' ? ', `metrics(…)` or `query_result(…)`' : ''}. Write one of them.`);
  const [result] = await ask([{ language, text: question.text, window: undefined }]);
  const refused = result?.findings[0]?.message;
  if (refused !== undefined) return report(`The query of the variable \`${name.text}\` is refused where its values are asked. ${refused.replace(/ Correct the query;.*$/, '')} Correct it.`);
  const found = pickValues(variable, question, samplesOf(result));
  if (found.length === 0) return report(`Found the query \`${filled}\` of the variable \`${name.text}\`, which yields no value on the dataset, expected at least one: readers would choose from nothing. Look at metric, label and \`regex\`.`);
  return found;
}

function samplesOf(result: RunResult | undefined): readonly { readonly labels: Labels; readonly value: string }[] {
  return result?.output?.kind === 'vector' ? result.output.samples : [];
}
