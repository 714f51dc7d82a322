import { imageNames, readImageSpec } from './backends/engine-specs.ts';
import { presentTool } from './backends/engine-tools.ts';
import { runScan } from './scan/command.ts';
import type { Loader } from './scan/model.ts';

/** `npm run scan` at a terminal. Programs are those that `npm run images` or a verify left on this machine: no engine is asked. */
export function scanFromTerminal(root: string, argv: readonly string[], signal: AbortSignal): Promise<number> {
  return runScan(argv, {
    root, signal, tool: presentTools(root), openLoader: () => openLoader(root, signal), folder: process.env['INIT_CWD'] ?? process.cwd(), color: process.stdout.isTTY === true && !process.env['NO_COLOR'],
    write: (text) => void process.stdout.write(text), warn: (text) => void process.stderr.write(text),
  });
}

/** Real servers for `--run`, gone with what is returned. @throws HarnessError `engine-missing` */
export async function openLoader(root: string, signal: AbortSignal): Promise<Loader> {
  const [{ openEngine }, { openForeign, FOREIGN_KINDS }] = await Promise.all([import('./backends/container.ts'), import('./backends/foreign.ts')]);
  await using stack = new AsyncDisposableStack();
  const engine = stack.use(await openEngine({ root, signal, log: (line) => void process.stderr.write(`${line}\n`) }));
  const servers = stack.use(await openForeign(engine, signal));
  const owned = stack.move();
  return {
    kinds: FOREIGN_KINDS,
    load: async (kind, texts, either) => servers.load(FOREIGN_KINDS.find((one) => one === kind) ?? 'rules', texts, either),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Finds programs that were taken out of their images before. */
export function presentTools(root: string): (name: string) => Promise<string | undefined> {
  const specs = imageNames(root).map((name) => readImageSpec(root, name));
  return async (name) => {
    const owner = specs.find((spec) => spec.tools.includes(name) || Object.hasOwn(spec.programs, name));
    return owner === undefined ? undefined : presentTool(root, owner.name, name);
  };
}
