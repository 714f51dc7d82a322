import { findLogqlMistake } from '../checkers/support/logql-syntax.ts';
import { rules } from '../checkers/rules.ts';
import { readRuleFile, rulesOf } from '../rule-file/rule-file.ts';
import { conclude, linesAt } from './judge-configs.ts';
import { excuseIn } from './excuses.ts';
import { askChecker, type Presentation } from './judge-with-checker.ts';
import type { Found, Judge, Outcome, Piece } from './model.ts';
import { askRules } from './programs.ts';
import { INDENT, readYamlKind } from './yaml-kind.ts';

/** Alerting and recording rules: whole files, groups, or rules alone. Where promtool is on this machine it has the last word. */
export const judgeRules: Judge = async (pieces, context) => {
  const promtool = await context.tool('promtool');
  const refused = promtool === undefined ? undefined : await askRules(promtool, pieces.map((piece) => present(piece).text ?? piece.text), context.signal);
  const suspects = pieces.filter((_, index) => refused?.has(index) ?? true);
  const found = await askChecker(rules, suspects, present, context);
  return new Map(pieces.flatMap((piece): [Piece, Outcome][] => {
    if (!suspects.includes(piece)) return [[piece, { kind: 'passed', depth: 'checked' }]];
    const own = found.get(piece);
    return own === undefined ? [] : [[piece, judgeOne(piece, own, promtool !== undefined)]];
  }));
};

/** Rules as the file that they are a part of. */
export function present(piece: Piece): Presentation {
  const made = readYamlKind(piece.text).wrap?.(piece.text);
  return { language: 'yaml', title: 'sample.rules.yml', ...(made === undefined ? {} : { text: made.text, linesBefore: made.linesBefore, columnsBefore: INDENT }) };
}

function judgeOne(piece: Piece, found: readonly Found[], hasTool: boolean): Outcome {
  if (found.length > 0 && isLoki(piece)) return { kind: 'unknown', reason: 'its expressions are LogQL: rules of Loki, which no program here reads' };
  return conclude(piece, found, hasTool, (one) => {
    const around = linesAt(piece.text, one).replace(/^\s*(?:summary|description|message|title|runbook\w*|dashboard\w*)\s*:.*$/gm, '');
    return /^Found the key|has no key/.test(one.message) || one.rule !== 'rules/wrong-structure' ? excuseIn(around) : 'a part of the file may be left out';
  });
}

/** Loki's ruler reads the same files with other expressions. */
function isLoki(piece: Piece): boolean {
  const expressions = rulesOf(readRuleFile(present(piece).text ?? piece.text)).map(({ expression }) => expression.value);
  return expressions.length > 0 && expressions.every((one) => findLogqlMistake(one) === undefined);
}
