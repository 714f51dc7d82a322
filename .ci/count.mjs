// Adds up blocks by verdict, tests by outcome and the site build, and prints them as the last line of CI.
import { readFileSync } from 'node:fs';

const [verifyFile, testsFile, buildCode] = process.argv.slice(2);
const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.log(`${file} is missing: that step did not finish`);
    return undefined;
  }
};
const verify = read(verifyFile);
const tests = read(testsFile);
const blocks = verify?.blocks ?? [];
const pageErrors = (verify?.pageDiagnostics ?? []).filter((found) => found.level === 'error').length;
const broken = verify?.errors?.length ?? 0;
const count = (verdict) => blocks.filter((block) => block.verdict === verdict).length;
const depths = ['parsed', 'checked', 'ran', 'compared'].map((depth) => [depth, blocks.filter((block) => block.depth === depth).length])
  .filter(([, number]) => number > 0).map(([depth, number]) => `${number} ${depth}`);
const built = buildCode === '0';
console.log(`blocks: ${count('passed')} passed (${depths.join(', ')}), ${count('failed')} failed, ${count('errored')} errored, ${count('skipped')} skipped`);
console.log(`tests: ${tests?.numPassedTests ?? 0} passed, ${tests?.numFailedTests ?? 0} failed, ${(tests?.numPendingTests ?? 0)} skipped; site build ${built ? 'passed' : 'failed'}`);
const passed = count('passed') + (tests?.numPassedTests ?? 0) + (built ? 1 : 0);
const failed = count('failed') + count('errored') + pageErrors + broken + (tests?.numFailedTests ?? 0) + (built ? 0 : 1) + (verify ? 0 : 1) + (tests ? 0 : 1);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && blocks.length > 0 && (tests?.numPassedTests ?? 0) > 0 ? 0 : 1;
