import { readFileSync, realpathSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import type { Attribute } from '../model/block.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { TextLine } from './fenced-text.ts';
import { diagnose } from './rules.ts';
import { splitLines } from './source-lines.ts';
import { suggestWord } from '../model/suggest-word.ts';
import { readUtf8, type ReadText } from './text.ts';

/** Lines of an included file, those outside the region hidden; undefined, with a diagnostic, where it cannot be had. */
export interface Inclusion {
  readonly source: string | undefined;
  readonly lines: readonly TextLine[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads `file=path#region`: the whole file is text, the region (or all but the region markers) is shown. */
export function includeFile(root: string, attribute: Attribute): Inclusion {
  const value = String(attribute.value);
  const [path = '', region] = value.split(/#(.*)/s);
  const source = repositoryPath(path);
  if (source === undefined) return refuse(diagnose('forbidden-path', attribute.place, describeForbidden(path)));
  const read = readInside(root, source);
  if (read === 'outside') return refuse(diagnose('forbidden-path', attribute.place, describeForbidden(path)));
  if ('code' in read) return refuse(diagnose('missing-file', attribute.place, describeMissing(source, path, read.code)));
  if ('found' in read) return refuse(diagnose('not-text', attribute.place, `Found ${read.found.replace(/^(the byte 0x..|a NUL character|UTF-16)/, `$1 at line ${read.at.line} of \`${source}\``)}, expected text in UTF-8. Save that file in UTF-8.`));
  const texts = splitLines(read.text.replace(/(?:\r\n|\n|\r)$/, ''));
  const scan = scanRegions(texts);
  const shown = showLines(texts, scan, region);
  const lines = texts.map((line, index) => ({ text: line, at: { file: source, line: index + 1, column: 1, shown: shown.has(index) } }));
  const problem = region === undefined ? undefined : checkRegion(scan, region, shown, source);
  const diagnostics = problem === undefined ? [] : [diagnose(problem.rule, attribute.place, problem.message)];
  return { source, lines, diagnostics };
}

function refuse(diagnostic: Diagnostic): Inclusion {
  return { source: undefined, lines: [], diagnostics: [diagnostic] };
}

/** `technow/checkout.ts` → `snippets/technow/checkout.ts`; `diagrams/…` stays; undefined for what leads elsewhere. */
function repositoryPath(path: string): string | undefined {
  const isStrange = path === '' || path.startsWith('/') || /[\\\0]|^[A-Za-z]:/.test(path);
  if (isStrange || path.split('/').some((part) => part === '..' || part === '.' || part === '')) return undefined;
  return path.startsWith('diagrams/') ? path : posix.join('snippets', path);
}

/** The text, unless a symbolic link leads out of the folder that the path names; `code`: what the file system says instead. */
function readInside(root: string, source: string): ReadText | 'outside' | { readonly code: string } {
  const folder = source.slice(0, source.indexOf('/'));
  try {
    const realFolder = realpathSync(join(root, folder));
    const realFile = realpathSync(join(root, source));
    if (!realFile.startsWith(realFolder + sep)) return 'outside';
    return readUtf8(readFileSync(realFile));
  } catch (cause) {
    return { code: (cause as NodeJS.ErrnoException).code ?? 'ENOENT' };
  }
}

function describeForbidden(path: string): string {
  return `Found the path \`${path}\`, expected one under \`snippets/\` (written without that folder: \`technow/checkout.ts\`) or \`diagrams/\`. Move the file there.`;
}

function describeMissing(source: string, path: string, code: string): string {
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return `\`${source}\` cannot be read: the file system says ${code}. Name a file, and look where its link leads.`;
  const hint = path.startsWith('snippets/') ? 'Leave `snippets/` out: paths begin below it.' : 'Mend the path, or add the file.';
  return `There is no file \`${source}\`. ${hint}`;
}

interface Region {
  readonly name: string;
  readonly first: number;
  /** Line of the end marker; undefined when there is none. */
  end: number | undefined;
}
interface RegionScan {
  readonly regions: readonly Region[];
  /** 0-based lines that are markers: never shown. */
  readonly markers: ReadonlySet<number>;
}

const opening = /^\s*(?:\/\/|#|%%)\s*#region\s+(\S+)\s*$/;
const closing = /^\s*(?:\/\/|#|%%)\s*#endregion(?:\s+(\S+))?\s*$/;

function scanRegions(texts: readonly string[]): RegionScan {
  const regions: Region[] = [];
  const markers = new Set<number>();
  const open: Region[] = [];
  for (const [index, text] of texts.entries()) {
    const name = opening.exec(text)?.[1];
    if (name !== undefined) {
      const region: Region = { name, first: index + 1, end: undefined };
      regions.push(region);
      open.push(region);
      markers.add(index);
      continue;
    }
    const close = closing.exec(text);
    if (close === null) continue;
    markers.add(index);
    const at = close[1] === undefined ? open.length - 1 : open.findLastIndex((region) => region.name === close[1]);
    const [region] = at < 0 ? [] : open.splice(at, 1);
    if (region !== undefined) region.end = index;
  }
  return { regions, markers };
}

function showLines(texts: readonly string[], { regions, markers }: RegionScan, name: string | undefined): ReadonlySet<number> {
  const region = regions.find((candidate) => candidate.name === name);
  const first = name === undefined ? 0 : (region?.first ?? texts.length);
  const end = name === undefined ? texts.length : (region?.end ?? texts.length);
  return new Set([...texts.keys()].slice(first, end).filter((index) => !markers.has(index)));
}

function checkRegion(scan: RegionScan, name: string, shown: ReadonlySet<number>, source: string): { rule: 'unknown-region' | 'broken-region'; message: string } | undefined {
  const named = scan.regions.filter((region) => region.name === name);
  const [region, second] = named;
  if (region === undefined) {
    const known = [...new Set(scan.regions.map((candidate) => candidate.name))];
    const nearest = suggestWord(name, known);
    const hint = nearest !== undefined ? `Did you mean \`${nearest}\`?` : known.length > 0 ? `It has: ${known.join(', ')}.` : `Add \`// #region ${name}\` and \`// #endregion\` around the lines to show.`;
    return { rule: 'unknown-region', message: `\`${source}\` has no region \`${name}\`. ${hint}` };
  }
  if (second !== undefined) return { rule: 'broken-region', message: `\`${source}\` has the region \`${name}\` at lines ${region.first} and ${second.first}. Rename one.` };
  if (region.end === undefined) return { rule: 'broken-region', message: `The region \`${name}\` begins at line ${region.first} of \`${source}\` and never ends. Add \`#endregion\`.` };
  if (shown.size === 0) return { rule: 'broken-region', message: `The region \`${name}\` at line ${region.first} of \`${source}\` is empty, so that nothing would be shown. Put its markers around lines.` };
  return undefined;
}
