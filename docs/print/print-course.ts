import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { findChromium } from '../diagrams/chromium.ts';
import { assemble, readSources, type VolumeSources } from './assemble.ts';
import { drawDocument } from './draw.ts';
import { finish } from './finish.ts';
import { listVolumes } from './list-volumes.ts';
import { hashOf } from './page-source.ts';
import { titleOf, type Volume } from './volume.ts';

export interface PrintOptions {
  /** Folder of the course; its site is built in `dist` below it. */
  readonly root: string;
  /** Where links to pages that are not printed lead. */
  readonly site: string;
  readonly say: (line: string) => void;
}
interface Job {
  readonly volume: Volume;
  readonly sources: VolumeSources;
  /** Where a volume of these pages, styles and programs is kept. */
  readonly kept: string;
}

/**
 * Prints every volume of the course to `dist/print/`. What was printed of the same pages before is taken from `.cache/print/`.
 * @returns names of all volumes
 * @throws Error when the site is not built, no Chromium is found, or a volume cannot be printed
 */
export async function printCourse({ root, site, say }: PrintOptions): Promise<readonly string[]> {
  const dist = join(root, 'dist');
  const cache = join(root, '.cache/print');
  for (const folder of [cache, join(dist, 'print')]) mkdirSync(folder, { recursive: true });
  const programs = describePrograms();
  const jobs = listVolumes(root).map((volume): Job => {
    const sources = readSources(dist, volume);
    const key = hashOf(programs, site, JSON.stringify(volume), sources.styles, ...[...sources.pages.values()].map(({ main }) => main));
    return { volume, sources, kept: join(cache, `${volume.name}-${key.slice(0, 16)}.pdf`) };
  });
  const missing = jobs.filter(({ kept }) => !existsSync(kept));
  if (missing.length > 0) {
    const browser = await chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
    try {
      for (const job of missing) await printVolume(browser, job, { dist, site, say });
    } finally {
      await browser.close();
    }
  }
  for (const { volume, kept } of jobs) copyFileSync(kept, join(dist, 'print', `${volume.name}.pdf`));
  forget(cache, jobs);
  if (jobs.length > 0) say(`${jobs.length} PDFs in dist/print, ${missing.length} of them printed anew.`);
  return jobs.map(({ volume }) => volume.name);
}

async function printVolume(browser: Browser, { volume, sources, kept }: Job, { dist, site, say }: { readonly dist: string; readonly site: string; readonly say: (line: string) => void }): Promise<void> {
  const startedMs = performance.now();
  const { document, drawings } = await drawDocument(browser, assemble(volume, sources, site), dist);
  const title = `${titleOf(volume)}, ${volume.edition.title}`;
  const finished = await finish(document, { title, subject: `Verified against ${volume.edition.stack}` });
  // Whole or not at all: a build that is interrupted here leaves nothing that the next one would take for a volume.
  writeFileSync(`${kept}.tmp`, finished);
  renameSync(`${kept}.tmp`, kept);
  say(`Printed ${volume.name}.pdf: ${document.getPageCount()} pages, ${(finished.length / 1e6).toFixed(1)} MB, ${((performance.now() - startedMs) / 1000).toFixed(1)} s, drawn ${drawings} times.`);
}

/** Changes with everything that changes a volume but its pages. */
function describePrograms(): string {
  const folder = new URL('.', import.meta.url);
  const own = readdirSync(folder).filter((name) => /\.(?:ts|css)$/.test(name)).sort().map((name) => readFileSync(new URL(name, folder), 'utf8'));
  return hashOf(execFileSync(findChromium(), ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), ...own);
}

/** What an earlier state of the course was printed as. */
function forget(cache: string, jobs: readonly Job[]): void {
  const current = new Set(jobs.map(({ kept }) => kept));
  for (const name of readdirSync(cache)) if (!current.has(join(cache, name))) rmSync(join(cache, name));
}
