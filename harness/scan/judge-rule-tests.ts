import { explainRefusal, placeRefusal } from '../checkers/support/config-tool.ts';
import { TEST_KEYS } from '../checkers/rule-tests.ts';
import { testRules } from '../checkers/rule-tests/promtool.ts';
import { conclude } from './judge-configs.ts';
import type { Found, Judge, Outcome, Piece } from './model.ts';

/** Unit tests of rules: whether promtool reads them. The rules that they test are others' files, and are not asked for. */
export const judgeRuleTests: Judge = async (pieces, context) => {
  const promtool = await context.tool('promtool');
  const outcomes = promtool === undefined ? [] : await testRules(promtool, pieces.map(({ text }) => ({ text: withoutRules(text), rules: [] })), context.signal);
  return new Map(pieces.map((piece, index): [Piece, Outcome] => {
    const { refusals = [], failures = [] } = outcomes[index] ?? {};
    // Series and queries are read only when a test runs; that it then fails is not of interest: its rules are not here.
    const found = [...refusals, ...failures.flat().filter((said) => said.includes('parse error'))].map((said): Found => ({ rule: 'rule-tests/refused', level: 'error', ...placeRefusal({ ...piece.sample.block, text: piece.text }, said), message: explainRefusal('promtool', said, piece.text, TEST_KEYS) }));
    return [piece, conclude(piece, found, promtool !== undefined, () => undefined)];
  }));
};

/** Names of files in a document are not to be opened on this machine: blanked, character for character. */
function withoutRules(text: string): string {
  return text.replace(/^rule_files[ \t]*:[ \t]*(?:\[[^\]]*\]|[^\n]*(?:\n(?:[ \t]*#[^\n]*|[ \t]*|[ \t]+[^\n]*|-[^\n]*)(?=\n|$))*)/m, (block) => block.replace(/[^\n]/g, ' '));
}
