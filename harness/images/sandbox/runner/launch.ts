import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const PRELOAD = fileURLToPath(new URL('preload.mjs', import.meta.url));
/** Holds `sitecustomize.py`, which Python imports before a block. */
const PYTHON_PRELOAD = fileURLToPath(new URL('python', import.meta.url));

/** How a file of the tree is started. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside what every block gets. */
  readonly env: Readonly<Record<string, string>>;
}

/** By ending: one line a language. @throws Error for another ending, which the harness never sends */
const LAUNCHES: Readonly<Record<string, (file: string) => Launch>> = {
  '.ts': (file) => ({ program: process.execPath, args: ['--import', PRELOAD, file], env: {} }),
  '.py': (file) => ({
    program: 'python3',
    args: [file],
    // Lines leave when they are written, not when a buffer is full: their times are what Loki is told.
    env: { PYTHONPATH: `${PYTHON_PRELOAD}:/course/python`, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
  }),
};

/** @param file absolute path, inside the tree */
export function launchOf(file: string): Launch {
  const launch = LAUNCHES[extname(file)];
  if (launch === undefined) throw new Error(`no language of the sandbox ends in "${extname(file)}": ${file}`);
  return launch(file);
}
