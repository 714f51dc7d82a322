import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import type { RunJobs, TreeFile } from '../../images/sandbox/runner/protocol.ts';
import type { Block } from '../../model/block.ts';

const TIMEOUT_MS = 10_000;
const PARALLEL = 2;
/** What a block may load beside code. */
const TREE_ENDINGS = ['.ts', '.py', '.json', '.yml', '.yaml'];
/** Signs that a file listens or connects. Two files that do so would meet on the loopback of the one container. */
const NETWORK: Readonly<Record<string, RegExp>> = {
  '.ts': /['"](?:node:)?(?:https?|http2|net|tls|dgram|cluster|child_process|worker_threads)['"]|\bfetch\s*\(|\bWebSocket\b|\bEventSource\b|['"]@opentelemetry\/exporter-/,
  '.py': /^\s*(?:from|import)\s+(?:http|socket|socketserver|urllib|requests|asyncio|subprocess|multiprocessing|flask|werkzeug|prometheus_client\.exposition|opentelemetry\.exporter)\b|\bstart_http_server\b/m,
};
/** What a text imports from the tree, by its ending: paths relative to its folder. */
const IMPORTS: Readonly<Record<string, (text: string) => string[]>> = {
  '.ts': (text) => [...text.matchAll(/(?:from|import|import\s*\()\s*['"](\.{1,2}\/[^'"]+)['"]/g)].map(([, target]) => target as string),
  // Python looks beside the file that it was started with. Packages are no files of the tree, and so drop out.
  '.py': (text) => [...text.matchAll(/^\s*(?:from|import)\s+(\w+)\b/gm)].map(([, module]) => `${module}.py`),
};
/** Endings of the files that blocks become, by fence tag. */
const ENDINGS: Readonly<Record<string, string>> = { ts: '.ts', typescript: '.ts', python: '.py', py: '.py' };

/** The files under `snippets/` that blocks may import, in order of their paths. */
export function readSnippets(root: string): TreeFile[] {
  if (!existsSync(join(root, 'snippets'))) return [];
  return readdirSync(join(root, 'snippets'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && TREE_ENDINGS.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
}

/** Where a block's text stands in the sandbox: at its own place when it is a file of ours, else beside its page's others. */
export function pathOf(block: Block): string {
  return block.source ?? `pages/${block.page}/${block.name ?? block.ordinal}${ENDINGS[block.language] ?? '.ts'}`;
}

/** The tree that a run needs: all snippets, over them what a block has in their place, and the blocks themselves. */
export function buildTree(snippets: readonly TreeFile[], blocks: readonly Block[]): TreeFile[] {
  const byPath = new Map([...snippets, ...blocks.flatMap(({ overlay = [] }) => overlay)].map((file) => [file.path, file]));
  for (const block of blocks) byPath.set(pathOf(block), { path: pathOf(block), text: block.text });
  return [...byPath.values()];
}

export function buildJobs(snippets: readonly TreeFile[], blocks: readonly Block[]): RunJobs {
  const files = buildTree(snippets, blocks);
  return {
    files,
    blocks: blocks.map((block) => ({ id: block.id, path: pathOf(block), networked: touchesNetwork(pathOf(block), files) })),
    parallel: PARALLEL,
    timeoutMs: TIMEOUT_MS,
  };
}

/** True when the file, or one that it imports, listens or connects. */
export function touchesNetwork(path: string, files: readonly TreeFile[]): boolean {
  return reachableText(path, files).some((text) => NETWORK[posix.extname(path)]?.test(text));
}

/** Texts of a file and of the files that it imports, directly or not. */
export function reachableText(path: string, files: readonly TreeFile[]): string[] {
  return reachableFiles(path, files).map(({ text }) => text);
}

/** A file and the files that it imports, directly or not, each once; none where there is no such file. */
export function reachableFiles(path: string, files: readonly TreeFile[]): TreeFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const visit = (at: string): TreeFile[] => {
    const file = byPath.get(at);
    if (file === undefined || seen.has(at)) return [];
    seen.add(at);
    return [file, ...(IMPORTS[posix.extname(at)]?.(file.text) ?? []).flatMap((target) => visit(posix.join(posix.dirname(at), target)))];
  };
  return visit(path);
}
