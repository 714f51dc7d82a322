// Builds the site: draws what diagrams are new, runs Astro, then judges what Astro only warns about.
import { fileURLToPath } from 'node:url';
import { buildSite } from './build/build-site.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
process.exitCode = await buildSite({ root, say: (line) => process.stdout.write(`${line}\n`) });
