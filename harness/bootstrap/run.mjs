// Brings what a command needs and runs it: `node harness/bootstrap/run.mjs <command> [args]`.
// Node's built-ins only, and nothing newer than Node 20: nothing of ours is there yet when this starts.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowser } from './browser.mjs';
import { cacheFolder } from './cache.mjs';
import { ensureNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { Missing } from './report.mjs';
import { runForeground } from './spawn.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const main = ['harness/main.ts'];
const vitest = ['node_modules/vitest/vitest.mjs', 'run'];
const site = ['docs/build.mjs'];

/** Command → what Node runs, and whether a browser is part of it. An engine is brought by the harness, when a run needs one. */
const commands = {
  verify: { program: [...main, 'verify'] },
  check: { program: [...main, 'check'] },
  merge: { program: [...main, 'merge'] },
  images: { program: [...main, 'images'] },
  simulate: { program: [...main, 'simulate'] },
  mutate: { program: ['harness/mutate.ts'] },
  stop: { program: [...main, 'stop'] },
  scan: { program: [...main, 'scan'] },
  bench: { program: ['harness/bench.ts'] },
  edition: { program: ['harness/edition.ts'] },
  soak: { program: ['harness/soak.ts'] },
  exercise: { program: ['harness/exercise.ts'] },
  schedule: { program: ['docs/schedule.ts'] },
  pdfua: { program: ['harness/pdfua.ts'] },
  lighthouse: { program: ['harness/lighthouse.ts'], needsBrowser: true },
  epubcheck: { program: ['harness/epubcheck.ts'] },
  test: { program: vitest, needsBrowser: true },
  build: { program: site, needsBrowser: true },
  dev: { program: [...main, 'dev'], needsBrowser: true },
};

const usage = `Usage: npm run <command> [-- arguments]

  verify [page…]   run every block of the pages against real backends and compare with the stored answers
  check [page…]    static checks only, without a container engine
  test [file…]     the harness's own tests
  build            the site, and its modules as PDFs; --no-print: the site alone
  simulate NAME…   an incident at a glance, and its metrics, logs and traces as files
  mutate [page…]   make mistakes in the blocks, one at a time, and say which of them a check catches
  dev              the site, and beside each block its verdict whenever a page is saved
  bench            how fast all this is, beside other testers of documents and other ways to get telemetry
  soak             verify again and again, or interrupt it again and again: the same verdicts and bytes, nothing left
  lighthouse       Lighthouse's marks of the built site: a lesson, an incident, the home page
  epubcheck        W3C's checker over the EPUB files of the built site
  exercise ID      run an exercise as you have changed it; a code for the certificate when its check passes
  schedule         what a half day, a day and three evenings take; --check: a comment for a pull request
  pdfua [file…]    what veraPDF says of the printed PDFs by PDF/UA-1; needs Java and Maven
  edition ID       freeze the current edition in a folder of its own, where it goes on being verified
  merge [file…]    one report of those of all shards
  images           bring the images of all backends: pulled, or built where no registry answers
  scan PATH…       judge the code in any Markdown or MDX, also not ours, without a container engine
  stop             end a container engine that we started, and remove what killed runs left

Each first brings what is missing (a recent Node, packages, a browser, a container engine) and says so.
Options of verify and check: npm run verify -- --help
`;

async function run([name, ...args]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    process.stderr.write(`error: there is no command "${name}"; there are: ${Object.keys(commands).join(', ')}\n`);
    return 2;
  }
  const node = await ensureNode();
  await ensurePackages(root, node);
  const browser = command.needsBrowser ? await ensureBrowser() : undefined;
  return runForeground(node.path, [...command.program.slice(0, 1).map((file) => join(root, file)), ...command.program.slice(1), ...args], {
    cwd: root,
    // Stripping types and compiling is a quarter of a second of each start: Node keeps what came out.
    env: { NODE_COMPILE_CACHE: cacheFolder('compiled'), ...process.env, PATH: node.searchPath, ...(browser === undefined ? {} : { CHROMIUM_PATH: browser }) },
  });
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  if (error.message) process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
