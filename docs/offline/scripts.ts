import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { ArchivedFile } from '../build/zip.ts';
import type { ModuleScript, SitePage } from './page.ts';

export interface ClassicScripts {
  readonly files: readonly ArchivedFile[];
  /** The script of a page, below the site's folder; undefined for a page without modules. */
  scriptOf(page: SitePage): string | undefined;
}

/** Starlight's search asks a server for its index; ours stands in for it. */
const replaced = /\/Search\.astro/;

/**
 * Browsers load no module from a file (its origin is none). So the modules of a page become one classic script, those of pages
 * with the same modules the same one.
 */
export async function classicScripts(dist: string, pages: readonly SitePage[]): Promise<ClassicScripts> {
  const sets = new Map<string, string>();
  const files = new Map<string, ArchivedFile>();
  for (const { modules } of pages) {
    const entry = entryOf(modules);
    if (entry === '' || sets.has(entry)) continue;
    const content = await bundle({ contents: entry, resolveDir: dist }, dist);
    const name = `offline/page-${createHash('sha256').update(content).digest('hex').slice(0, 8)}.js`;
    sets.set(entry, name);
    files.set(name, { name, content });
  }
  return { files: [...files.values()], scriptOf: ({ modules }) => sets.get(entryOf(modules)) };
}

/** The search dialog, with the library that it asks. */
export async function searchScript(): Promise<ArchivedFile> {
  const folder = fileURLToPath(new URL('client', import.meta.url));
  return { name: 'offline/search.js', content: await bundle({ contents: "import './search.ts';", resolveDir: folder }, folder) };
}

function entryOf(modules: readonly ModuleScript[]): string {
  const wanted = modules.filter((script) => !('address' in script && replaced.test(script.address)));
  return [...new Set(wanted.map((script) => ('address' in script ? `import ${JSON.stringify(script.address)};` : script.text)))].join('\n');
}

async function bundle(stdin: { readonly contents: string; readonly resolveDir: string }, dist: string): Promise<string> {
  const addresses: Plugin = { name: 'addresses', setup: ({ onResolve }) => onResolve({ filter: /^\// }, ({ path, kind }) => (kind === 'entry-point' ? undefined : { path: join(dist, path) })) };
  const { outputFiles } = await build({ stdin: { ...stdin, loader: 'ts' }, bundle: true, minify: true, format: 'iife', target: 'es2022', write: false, logLevel: 'silent', plugins: [addresses], legalComments: 'none' });
  return outputFiles[0]?.text ?? '';
}
