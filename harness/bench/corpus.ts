import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BLOCK_OF, ruleText, type Kind } from './corpus-blocks.ts';

/** A generated course for our harness, and the same text where other programs look for it. */
export interface Corpus extends Disposable {
  readonly root: string;
  /** The pages as Markdown, for other doc testers: absolute paths. */
  readonly markdown: readonly string[];
  /** The rule files as a reader saves them: absolute paths, none in other kinds of corpus. */
  readonly ruleFiles: readonly string[];
  /** Changes one block of the first page, otherwise each time, everywhere it stands. */
  edit(): void;
}

/** What a course shares with ours; pages and transcripts are its own, and it has one edition. */
const SHARED = ['harness', 'diagrams', 'node_modules', 'package.json', 'package-lock.json', 'docs/glossary.yml', 'docs/curriculum.yml'];
/** As many as the fullest lessons have. */
const BLOCKS_PER_PAGE = 20;

/**
 * Writes a course of so many blocks into a folder of its own.
 * @param repository ours: harness and packages are links to it, snippets a copy
 * @param perPage default: as many as a lesson has
 */
export function writeCorpus(repository: string, kind: Kind, count: number, perPage = BLOCKS_PER_PAGE): Corpus {
  const root = mkdtempSync(join(tmpdir(), `bench-${kind}-${count}-`));
  shareWith(root, repository);
  const blocks = Array.from({ length: count }, (_, index) => BLOCK_OF[kind](index));
  const names: string[] = [];
  const writePage = (name: string, texts: readonly string[]): string => {
    const text = page(name, texts, kind);
    write(root, `docs/content/docs/${name}.mdx`, text);
    return write(root, `markdown/${name}.md`, text);
  };
  const markdown: string[] = [];
  for (let first = 0; first < count; first += perPage) {
    names.push(`page-${names.length + 1}`);
    markdown.push(writePage(names.at(-1) ?? '', blocks.slice(first, first + perPage)));
  }
  let edits = 0;
  return {
    root, markdown,
    ruleFiles: kind === 'rules' ? blocks.map((_, index) => write(root, `rule-files/r${index}.rules.yml`, ruleText(index))) : [],
    edit: () => void writePage('page-1', [BLOCK_OF[kind](0, (edits += 1)), ...blocks.slice(1, perPage)]),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

function write(root: string, file: string, text: string): string {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function page(name: string, blocks: readonly string[], kind: Kind): string {
  const dataset = kind === 'mixed' ? 'dataset: checkout-lag\n' : '';
  return `---\ntitle: ${name}\ndescription: Generated.\n${dataset}---\n\n${blocks.map((block) => `What this shows is said here, in as many words as it takes.\n\n${block}\n`).join('\n')}`;
}

function shareWith(root: string, repository: string): void {
  for (const path of SHARED) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(join(repository, path), join(root, path));
  }
  cpSync(join(repository, 'snippets'), join(root, 'snippets'), { recursive: true });
  // What incidents expect of themselves are pages: a generated course has none but its own.
  const folder = join(root, 'snippets/incidents');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    const at = text.indexOf('\nexpectations:');
    if (at >= 0) writeFileSync(join(folder, name), text.slice(0, at + 1));
  }
}
