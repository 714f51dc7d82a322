// Loaded before a block, in its own process. Plain JavaScript: stripping types here would cost each block 30 ms.
import { existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.env.COURSE_ROOT;
const stripped = process.env.COURSE_STRIPPED;
delete process.env.COURSE_ROOT;
delete process.env.COURSE_STRIPPED;

// When memory runs out the kernel takes the block, not the runner.
try {
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Not on this system: the block then has no such preference.
}

// Types were stripped once by the runner; the text keeps its lines and columns.
registerHooks({
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const file = `${stripped}/${relative(root, fileURLToPath(url))}`;
    return existsSync(file) ? { format: 'module', source: readFileSync(file, 'utf8'), shortCircuit: true } : next(url, context);
  },
});

process.on('uncaughtExceptionMonitor', (error) => {
  const known = error instanceof Error;
  const frames = [];
  for (const [, path, line, column] of String(known ? error.stack : '').matchAll(/(?:file:\/\/)?(\/[^\s()]+?):(\d+)(?::(\d+))?/g)) {
    if (path.startsWith(`${root}/`) && !path.includes('/node_modules/')) frames.push({ path: path.slice(root.length + 1), line: Number(line), column: Number(column ?? 1) });
  }
  const name = known ? (error.constructor?.name ?? error.name) : typeof error;
  writeSync(3, `${JSON.stringify({ name, message: describe(error), frames })}\n`);
});

/** With its cause: "fetch failed" alone helps nobody. */
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  const words = error.message || error.code || error.name;
  return error.cause === undefined ? words : `${words}: ${describe(error.cause)}`;
}
