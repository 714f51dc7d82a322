// A build that is killed: prints what the build says.
import { ensureImage } from '../../harness/backends/engine-images.ts';

await ensureImage(process.argv[2] as string, 'tiny', (line) => process.stdout.write(`${line}\n`), new AbortController().signal);
