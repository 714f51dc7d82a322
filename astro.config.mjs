import { fileURLToPath } from 'node:url';
import { defineConfig } from 'astro/config';
import linksValidator from 'starlight-links-validator';
import { courseSite } from './docs/site.ts';
import { readEditions } from './harness/parse/index.ts';

const root = process.env['COURSE_ROOT'] ?? fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');

const otherEditions = readEditions(root).filter(({ isCurrent }) => !isCurrent).map(({ prefix }) => `/${prefix}**`);

// It does not see the ids that the glossary brings, nor the pages of incidents and of other editions; `findDeadLinks` reads them in the built page.
export default defineConfig(courseSite({ root, plugins: [linksValidator({ exclude: ['/glossary/#*', '/incidents/**', ...otherEditions] })] }));
