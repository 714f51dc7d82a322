import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePage, readEditions } from '../../harness/parse/index.ts';
import { diagramKey } from '../plugins/diagrams.ts';

export interface DiagramSource {
  readonly key: string;
  readonly source: string;
  /** `docs/content/docs/day-1/x.mdx:12` or `diagrams/flow.mmd`. */
  readonly from: string;
}

function listFiles(folder: string, extension: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(extension)).sort() : [];
}

/** Every diagram of all editions: `mermaid` fences of all pages, and the files under `diagrams/`, each source once. */
export function collectDiagrams(root: string): DiagramSource[] {
  const byKey = new Map<string, DiagramSource>();
  for (const { folder } of readEditions(root)) {
    for (const found of collectIn(join(root, folder))) if (!byKey.has(found.key)) byKey.set(found.key, { ...found, from: `${folder}${found.from}` });
  }
  return [...byKey.values()];
}

/** Those of one edition. */
function collectIn(root: string): DiagramSource[] {
  const pages = listFiles(join(root, 'docs/content/docs'), '.mdx').flatMap((name) => {
    const page = parsePage({ root, file: `docs/content/docs/${name}` });
    return page.blocks.filter((block) => block.language === 'mermaid').map((block) => ({ source: block.text, from: `${page.file}:${block.fence.start.line}` }));
  });
  const files = listFiles(join(root, 'diagrams'), '.mmd').map((name) => ({ source: readFileSync(join(root, 'diagrams', name), 'utf8'), from: `diagrams/${name}` }));
  return [...pages, ...files].map(({ source, from }) => ({ key: diagramKey(source), source, from }));
}
