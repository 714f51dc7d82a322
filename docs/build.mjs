// Builds the site: draws what diagrams are new, runs Astro, judges what Astro only warns about, then makes of it what is printed or carried away.
// `dev` draws the diagrams and starts Astro's own server instead.
import { fileURLToPath } from 'node:url';
import { buildCourse, usage } from './build/build-course.ts';
import { serveSite } from './build/build-site.ts';

// Tests point it at a small course of their own, as they do with the harness.
const root = process.env['COURSE_ROOT'] ?? fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const options = { root, say: (line) => process.stdout.write(`${line}\n`) };
const [command, ...rest] = process.argv.slice(2);
const unknown = process.argv.slice(2).find((argument) => argument !== '--no-print');
if (command === 'dev') process.exitCode = await serveSite({ ...options, args: rest });
else if (command === '--help' || command === '-h') process.stdout.write(usage);
else if (unknown !== undefined) {
  process.stderr.write(`error: found "${unknown}", expected nothing or --no-print\n${usage}`);
  process.exitCode = 2;
} else process.exitCode = await buildCourse({ ...options, print: command !== '--no-print' });
