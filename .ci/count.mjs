// Names all that did not pass, adds up blocks by verdict, claims that were lived through on real services, tests by outcome and the site
// build, and prints them as the last line of CI.
import { readFileSync } from 'node:fs';

const [verifyFile, liveFile, testsFile, buildCode] = process.argv.slice(2);
const MAX_NAMED = 20;
const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.log(`${file} is missing: that step did not finish`);
    return undefined;
  }
};
const firstLine = (text) => text.trim().split('\n')[0];
/** The log of CI is long, and what is kept of it is its end. */
const name = (lines) => {
  for (const line of lines.slice(0, MAX_NAMED)) console.log(line);
  if (lines.length > MAX_NAMED) console.log(`… and ${lines.length - MAX_NAMED} more`);
};
/** Claims of live services that a busy machine left without a verdict: each reason once. No newer JavaScript than that of the Node that a machine has. */
const nameUnjudged = ({ blocks }) => [...new Set(blocks.filter(({ verdict }) => verdict === 'skipped').map(({ page, reason }) => `skipped live claims of ${page}: ${reason}`))];
const nameBlocks = ({ blocks, pageDiagnostics, errors }) => [
  ...blocks.filter(({ verdict }) => verdict === 'failed' || verdict === 'errored').map(({ id, verdict, diagnostics, error }) => {
    const found = diagnostics.find(({ level }) => level === 'error');
    return `${verdict} ${id}: ${found === undefined ? firstLine(error?.message ?? '') : `${found.ruleId} ${firstLine(found.message)}`}`;
  }),
  ...pageDiagnostics.filter(({ level }) => level === 'error').map(({ file, line, ruleId, message }) => `failed ${file}:${line}: ${ruleId} ${firstLine(message)}`),
  ...errors.map(({ message }) => `broken: ${firstLine(message)}`),
];
const nameTests = ({ testResults }) => testResults.flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status }) => status === 'failed').map(({ fullName, failureMessages }) => `failed test: ${fullName}: ${firstLine(failureMessages[0] ?? '')}`);

const runs = [read(verifyFile), read(liveFile)];
const tests = read(testsFile);
name([...runs.flatMap((run) => (run === undefined ? [] : nameBlocks(run))), ...(tests === undefined ? [] : nameTests(tests))]);
if (runs[1] !== undefined) name(nameUnjudged(runs[1]));
const outcomes = runs.map((run, index) => {
  const blocks = run?.blocks ?? [];
  const count = (verdict) => blocks.filter((block) => block.verdict === verdict).length;
  const depths = ['parsed', 'checked', 'ran', 'compared'].map((depth) => [depth, blocks.filter((block) => block.depth === depth).length])
    .filter(([, number]) => number > 0).map(([depth, number]) => `${number} ${depth}`);
  console.log(`${['blocks', 'live claims'][index]}: ${count('passed')} passed (${depths.join(', ')}), ${count('failed')} failed, ${count('errored')} errored, ${count('skipped')} skipped`);
  const elsewhere = (run?.pageDiagnostics ?? []).filter((found) => found.level === 'error').length + (run?.errors?.length ?? 0);
  return { passed: count('passed'), failed: count('failed') + count('errored') + elsewhere + (run ? 0 : 1), isEmpty: blocks.length === 0 };
});
const built = buildCode === '0';
console.log(`tests: ${tests?.numPassedTests ?? 0} passed, ${tests?.numFailedTests ?? 0} failed, ${(tests?.numPendingTests ?? 0)} skipped; site build ${built ? 'passed' : 'failed'}`);
const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
const passed = sum('passed') + (tests?.numPassedTests ?? 0) + (built ? 1 : 0);
const failed = sum('failed') + (tests?.numFailedTests ?? 0) + (built ? 0 : 1) + (tests ? 0 : 1);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && !outcomes.some(({ isEmpty }) => isEmpty) && (tests?.numPassedTests ?? 0) > 0 ? 0 : 1;
