import { HarnessError } from '../../model/verdict.ts';
import type { Engine, StartedContainer } from '../../model/backend.ts';
import type { Block } from '../../model/block.ts';
import type { BackendVersion } from '../../model/transcript.ts';
import { pathOf } from './jobs.ts';

/** What runs a block in the sandbox: its Node, which the image is named after, or another language's, which says itself what it is. */
export async function runtimeOf(block: Block, container: StartedContainer, engine: Engine, signal: AbortSignal): Promise<BackendVersion> {
  if (!pathOf(block).endsWith('.py')) return { name: 'sandbox', version: engine.version('sandbox') };
  const { stdout, exitCode } = await container.exec(['python3', '--version'], signal);
  const version = /^Python (\S+)/.exec(stdout)?.[1];
  if (exitCode !== 0 || version === undefined) throw new HarnessError('backend-lost', `the sandbox's python3 did not say its version but: ${stdout.slice(0, 200)}`);
  return { name: 'python', version };
}
