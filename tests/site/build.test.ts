import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildSite } from '../../docs/build/build-site.ts';
import { findDeadLinks } from '../../docs/build/links.ts';
import { lessonFile, writeCourse, writeText } from './fixtures/course.ts';

async function build(root: string): Promise<{ exitCode: number; said: string }> {
  const lines: string[] = [];
  const exitCode = await buildSite({ root, say: (line) => lines.push(line) });
  return { exitCode, said: lines.join('\n') };
}
const withoutDiagram = (source: string): string => source.replace(/```mermaid[\s\S]*?```/, '');

describe('the build', { timeout: 120_000 }, () => {
  it('fails on a missing answer, naming page, line, block and command', async () => {
    const root = writeCourse('missing');
    writeText(root, lessonFile, withoutDiagram(readFileSync(join(root, lessonFile), 'utf8')));
    rmSync(join(root, 'docs/transcripts/day-1/checkout-lag/by-peer.json'));
    const { exitCode, said } = await build(root);
    expect(exitCode).toBe(1);
    expect(said).toMatch(/docs\/content\/docs\/day-1\/checkout-lag\.mdx:\d+: block "by-peer": its stored answer .* is missing/);
    expect(said).toContain('npm run verify -- --update day-1/checkout-lag');
  });
  it('fails on a stale answer', async () => {
    const root = writeCourse('stale');
    writeText(root, lessonFile, withoutDiagram(readFileSync(join(root, lessonFile), 'utf8')).replace('duration_ms > 2000', 'duration_ms > 3000'));
    const { exitCode, said } = await build(root);
    expect(exitCode).toBe(1);
    expect(said).toContain('block "slow-lines": its stored answer is stale');
  });
  it('fails on a language that it cannot highlight', async () => {
    const root = writeCourse('language');
    writeText(root, lessonFile, '---\ntitle: X\n---\n\n```klingon\nnuqneH\n```\n');
    rmSync(join(root, 'docs/content/docs/index.mdx'));
    const { exitCode, said } = await build(root);
    expect(exitCode).toBe(1);
    expect(said).toContain('klingon');
    expect(said).toContain('docs/grammars/');
  });
  it('fails on a key in the frontmatter that it does not know', async () => {
    const root = writeCourse('key');
    writeText(root, lessonFile, withoutDiagram(readFileSync(join(root, lessonFile), 'utf8')).replace('minutes: 12', 'minuets: 12'));
    const { exitCode, said } = await build(root);
    expect(exitCode).toBe(1);
    expect(said).toContain('minuets');
  });
  it('fails on a .md file, before anything is built', async () => {
    const root = writeCourse('markdown');
    writeText(root, 'docs/content/docs/day-1/notes.md', '---\ntitle: Notes\n---\n');
    expect(await build(root)).toEqual({ exitCode: 1, said: 'Lessons are .mdx only; found docs/content/docs/day-1/notes.md. Rename them.' });
  });
  it('fails on a diagram that Mermaid cannot draw, naming the place', async () => {
    const root = writeCourse('drawing');
    writeText(root, lessonFile, '---\ntitle: X\n---\n\n```mermaid\nflowchart ~~ LR\n```\n');
    const { exitCode, said } = await build(root);
    expect(exitCode).toBe(1);
    expect(said).toContain(`${lessonFile}:5: Mermaid cannot draw this`);
  });
});

describe('links', () => {
  it('are followed into answers, to pages and to places on them', () => {
    const root = writeCourse('links');
    writeText(root, 'dist/index.html', '<a href="/a/">a</a><a class="x" href="/a/#here">b</a><a href="/a/#gone">c</a><a href="/b/">d</a><a href="https://e.example/f">e</a><a href="/logo.svg">f</a>');
    writeText(root, 'dist/a/index.html', '<h2 id="here">h</h2>');
    writeText(root, 'dist/logo.svg', '<svg/>');
    expect(findDeadLinks(join(root, 'dist'))).toEqual([
      'dist/index.html links to /a/#gone, and there is no such place. Mend the link, or write the page.',
      'dist/index.html links to /b/, and there is no such page. Mend the link, or write the page.',
    ]);
  });
});
