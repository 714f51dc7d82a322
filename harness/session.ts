import type { ImageTags } from './backends/engine-specs.ts';
import type { Engine } from './model/backend.ts';
import type { Report } from './model/report.ts';
import { selectPages } from './pages.ts';
import { suggestWord } from './parse/index.ts';
import type { Shard } from './shard.ts';
import type { Progress, VerifyOptions } from './pipeline.ts';

/** What one process verifies with: everything about the machine and the command line that the pipeline asks for. */
export interface SessionOptions {
  readonly root: string;
  readonly command: 'check' | 'verify';
  readonly update: boolean;
  readonly useCache: boolean;
  readonly shard?: Shard | undefined;
  /** Image → tag that stands in for the pinned one: the stack of an older edition, or one that is only tried. */
  readonly tags?: ImageTags | undefined;
  /** In words, where the stack is only tried: nothing is written or remembered. */
  readonly under?: string | undefined;
  readonly progress: Progress;
  /** Interrupts everything, also what the engine has under way. */
  readonly signal: AbortSignal;
}
export interface Session {
  /** Judges pages (repository-relative). Throws what breaks before any page is looked at. */
  verify(files: readonly string[], more?: Pick<VerifyOptions, 'warm' | 'onChecked'> & { readonly signal?: AbortSignal }): Promise<Report>;
  /** Incidents on the real services. @param isNamed whether somebody asked for these pages */
  verifyLive(files: readonly string[], isNamed: boolean): Promise<Report>;
  openEngine(): Promise<Engine>;
  versionOf(image: string): string;
  /** A program out of an image; undefined where there is none and `check` may not bring it. */
  tool(program: string): Promise<string | undefined>;
}

/** Loads the pipeline, and with it all checkers and backends. */
export async function openSession({ root, command, update, useCache, shard, tags, under, progress, signal }: SessionOptions): Promise<Session> {
  const [{ verify }, { serviceNames, readImageSpec }, { presentTool }] = await Promise.all([
    import('./pipeline.ts'), import('./backends/engine-specs.ts'), import('./backends/engine-tools.ts'),
  ]);
  const specs = serviceNames(root).map((name) => ({ ...readImageSpec(root, name, tags), name }));
  const log = (line: string): void => progress.say(line);
  const versionOf = (image: string): string => specs.find((spec) => spec.name === image)?.version ?? 'unknown';
  const openEngine = async (): Promise<Engine> => (await import('./backends/container.ts')).openEngine({ root, log, signal, tags });
  const tool = async (program: string): Promise<string | undefined> => {
    const owner = specs.find((spec) => spec.tools.includes(program));
    if (owner === undefined) return undefined;
    return await presentTool(root, owner.name, program, tags) ?? (command === 'verify' ? await bringTool(root, owner.name, program, log, signal, tags) : undefined);
  };
  return {
    openEngine,
    versionOf,
    tool,
    verifyLive: async (files, isNamed) => (await import('./live.ts')).verifyLive({ root, files, isNamed, openEngine, versionOf, progress, signal }),
    verify: (files, more = {}) => verify({
      root, allFiles: selectPages(root, [], root, suggestWord), files, command, update, useCache, shard,
      under, images: new Map(specs.map(({ name, reference }) => [name, reference])), today: new Date().toISOString().slice(0, 10), openEngine, tool, versionOf, progress, signal, ...more,
    }),
  };
}

/** `verify` needs the images anyway: no block's depth shall depend on what an earlier run left here. */
async function bringTool(root: string, image: string, program: string, log: (line: string) => void, signal: AbortSignal, tags: ImageTags | undefined): Promise<string | undefined> {
  const [{ connectEngine }, { ensureImage }, { takeTool }] = await Promise.all([
    import('./backends/engine-client.ts'), import('./backends/engine-images.ts'), import('./backends/engine-tools.ts'),
  ]);
  const client = await connectEngine(log);
  await ensureImage(root, image, log, signal, tags);
  return takeTool(root, image, program, client.container.dockerode, tags);
}
