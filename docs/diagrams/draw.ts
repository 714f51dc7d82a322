import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import type { DiagramSet, DrawnDiagram } from '../plugins/diagrams.ts';
import { collectDiagrams, type DiagramSource } from './collect.ts';
import { findChromium } from './chromium.ts';
import { diagramConfig, recolour } from './style.ts';

const require = createRequire(import.meta.url);

/** Changes with everything that changes a drawing but its source. */
function engineId(): string {
  const { version } = require('mermaid/package.json') as { version: string };
  const style = readFileSync(new URL('./style.ts', import.meta.url), 'utf8');
  return createHash('sha256').update(`${version}\n${style}`).digest('hex').slice(0, 8);
}

function cacheFile(root: string, source: DiagramSource, engine: string): string {
  return join(root, '.cache/diagrams', `${source.key}-${engine}.json`);
}

async function drawAll(sources: readonly DiagramSource[]): Promise<Map<string, DrawnDiagram>> {
  const { createMermaidRenderer } = await import('mermaid-isomorphic');
  // Chromium's own sandbox needs user namespaces that root in a container lacks.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const render = createMermaidRenderer({ launchOptions: { executablePath: findChromium(), args } });
  const css = pathToFileURL(require.resolve('@fontsource/ibm-plex-sans/latin-400.css'));
  // One call: the engine closes its browser whenever it is idle, and a browser a diagram costs a second each.
  const results = await render(sources.map((source) => source.source), { css, prefix: 'diagram', mermaidConfig: diagramConfig });
  const drawn = new Map<string, DrawnDiagram>();
  const failures: string[] = [];
  results.forEach((result, index) => {
    const source = sources[index];
    if (!source) return;
    if (result.status === 'rejected') failures.push(`${source.from}: Mermaid cannot draw this: ${result.reason instanceof Error ? result.reason.message : String(result.reason)}`);
    else drawn.set(source.key, { title: result.value.title ?? '', description: result.value.description ?? '', widthPx: result.value.width, svg: recolour(result.value.svg, result.value.id, `d-${source.key}`) });
  });
  if (failures.length > 0) throw new Error(failures.join('\n'));
  return drawn;
}

function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/**
 * Draws every diagram that is not in `.cache/diagrams` yet, all in one browser call, and returns them all.
 * @throws Error naming each diagram that Mermaid cannot draw, or that no Chromium was found
 */
export async function drawDiagrams(root: string): Promise<{ readonly diagrams: DiagramSet; readonly drawn: number }> {
  const sources = collectDiagrams(root);
  const engine = engineId();
  const missing = sources.filter((source) => !existsSync(cacheFile(root, source, engine)));
  if (missing.length > 0) {
    mkdirSync(join(root, '.cache/diagrams'), { recursive: true });
    const fresh = await drawAll(missing);
    for (const source of missing) writeWhole(cacheFile(root, source, engine), JSON.stringify(fresh.get(source.key)));
  }
  return { diagrams: readDiagrams(root, sources, engine), drawn: missing.length };
}

function readDiagrams(root: string, sources: readonly DiagramSource[], engine: string): DiagramSet {
  const present = sources.filter((source) => existsSync(cacheFile(root, source, engine)));
  return new Map(present.map((source) => [source.key, JSON.parse(readFileSync(cacheFile(root, source, engine), 'utf8')) as DrawnDiagram]));
}

/** What is already drawn; starts no browser. */
export function openDiagrams(root: string): DiagramSet {
  return readDiagrams(root, collectDiagrams(root), engineId());
}
