// Builds the site: draws what diagrams are new, runs Astro, then judges what Astro only warns about.
// `dev` draws the diagrams and starts Astro's own server instead.
import { fileURLToPath } from 'node:url';
import { buildSite, serveSite } from './build/build-site.ts';

// Tests point it at a small course of their own, as they do with the harness.
const root = process.env['COURSE_ROOT'] ?? fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const options = { root, say: (line) => process.stdout.write(`${line}\n`) };
process.exitCode = process.argv[2] === 'dev' ? await serveSite({ ...options, args: process.argv.slice(3) }) : await buildSite(options);
