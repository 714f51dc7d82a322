import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import type { NewExpression, Node, Project, SourceFile } from 'ts-morph';
import type { Block } from '../../model/block.ts';

export type DeclaredType = 'counter' | 'gauge' | 'histogram' | 'summary';
export interface DeclaredMetric {
  readonly type: DeclaredType;
  readonly labels: readonly string[];
  /** The block whose code declares it. */
  readonly block: Block;
}
/** What code says that it will expose: the other side of every query. */
export interface Contract {
  readonly metrics: ReadonlyMap<string, DeclaredMetric>;
  /** Names given to `startSpan` and `startActiveSpan`. */
  readonly spans: ReadonlySet<string>;
  /** Labels that the registry adds to every series. */
  readonly defaultLabels: readonly string[];
  /** True when a metric's or a span's name is computed: then there may be more than these. */
  readonly hasComputedMetrics: boolean;
  readonly hasComputedSpans: boolean;
  /** True when the code collects prom-client's own process metrics (`process_…`, `nodejs_…`). */
  readonly hasProcessMetrics: boolean;
}

const METRIC_CLASSES: Readonly<Record<string, DeclaredType>> = { Counter: 'counter', Gauge: 'gauge', Histogram: 'histogram', Summary: 'summary' };

/**
 * Reads which metrics, labels and spans TypeScript blocks declare, through the files of the repository that they import by relative path.
 * Names must be literals or constants of the same file: what is computed is not seen.
 * @param root the repository, where `file=` blocks and their imports lie
 */
export async function readContract(blocks: readonly Block[], root: string): Promise<Contract> {
  // Half the price of a whole static check: loaded only when a query continues a live block.
  const morph = await import('ts-morph');
  const project = new morph.Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true, skipFileDependencyResolution: true });
  const metrics = new Map<string, DeclaredMetric>();
  const spans = new Set<string>();
  const defaultLabels = new Set<string>();
  const flags = { hasComputedMetrics: false, hasComputedSpans: false, hasProcessMetrics: false };
  for (const [ordinal, block] of blocks.entries()) {
    for (const file of loadFiles(project, block, root, ordinal)) {
      for (const created of file.getDescendantsOfKind(morph.SyntaxKind.NewExpression)) {
        if (!readMetric(created, block, metrics, morph)) flags.hasComputedMetrics = true;
      }
      for (const call of file.getDescendantsOfKind(morph.SyntaxKind.CallExpression)) {
        const method = lastName(call.getExpression());
        const first = call.getArguments()[0];
        if (method === 'collectDefaultMetrics') flags.hasProcessMetrics = true;
        if (method === 'setDefaultLabels') for (const key of propertyNames(first, morph)) defaultLabels.add(key);
        if (method !== 'startSpan' && method !== 'startActiveSpan') continue;
        const name = literalText(first, morph);
        if (name === undefined) flags.hasComputedSpans = true;
        else spans.add(name);
      }
    }
  }
  return { metrics, spans, defaultLabels: [...defaultLabels], ...flags };
}

type Morph = typeof import('ts-morph');

/** The block's file, then what it imports from beside it, once each. */
function loadFiles(project: Project, block: Block, root: string, ordinal: number): SourceFile[] {
  const start = block.source ?? `/blocks/${ordinal}.ts`;
  const files = [project.createSourceFile(`/${start}`, block.text, { overwrite: true })];
  if (block.source === undefined) return files;
  const seen = new Set([start]);
  for (const file of files) {
    for (const declaration of file.getImportDeclarations()) {
      const specifier = declaration.getModuleSpecifierValue();
      const path = normalize(join(dirname(file.getFilePath()), specifier)).slice(1);
      // Only what lies under the repository, and only source: types and packages declare no metric.
      if (!specifier.startsWith('.') || path.startsWith('..') || !path.endsWith('.ts') || seen.has(path)) continue;
      seen.add(path);
      const text = readIfThere(join(root, path));
      if (text !== undefined) files.push(project.createSourceFile(`/${path}`, text, { overwrite: true }));
    }
  }
  return files;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A missing import is the compiler's finding.
    return undefined;
  }
}

/** @returns false for a metric whose name cannot be read */
function readMetric(created: NewExpression, block: Block, metrics: Map<string, DeclaredMetric>, morph: Morph): boolean {
  const type = METRIC_CLASSES[lastName(created.getExpression()) ?? ''];
  const options = created.getArguments()[0];
  if (type === undefined || options === undefined) return true;
  if (!morph.Node.isObjectLiteralExpression(options)) return false;
  const value = (key: string): Node | undefined => {
    const property = options.getProperty(key);
    return morph.Node.isPropertyAssignment(property) ? property.getInitializer() : morph.Node.isShorthandPropertyAssignment(property) ? property.getNameNode() : undefined;
  };
  const name = literalText(value('name'), morph);
  if (name === undefined) return false;
  const labels = resolve(value('labelNames'), morph);
  const names = morph.Node.isArrayLiteralExpression(labels) ? labels.getElements().flatMap((element) => literalText(element, morph) ?? []) : [];
  metrics.set(name, { type, labels: names, block });
  return true;
}

/** `b` of `a.b`, `b` of `b`. */
function lastName(node: Node): string | undefined {
  return /(?:^|\.)\s*([A-Za-z_$][\w$]*)$/.exec(node.getText())?.[1];
}

function literalText(node: Node | undefined, morph: Morph): string | undefined {
  const value = resolve(node, morph);
  return morph.Node.isStringLiteral(value) || morph.Node.isNoSubstitutionTemplateLiteral(value) ? value.getLiteralText() : undefined;
}

/** Through `as const` and constants of the same file to the literal. */
function resolve(node: Node | undefined, morph: Morph, depth = 0): Node | undefined {
  if (node === undefined || depth > 5) return undefined;
  if (morph.Node.isAsExpression(node) || morph.Node.isSatisfiesExpression(node)) return resolve(node.getExpression(), morph, depth + 1);
  if (!morph.Node.isIdentifier(node)) return node;
  return resolve(node.getSourceFile().getVariableDeclaration(node.getText())?.getInitializer(), morph, depth + 1);
}

function propertyNames(node: Node | undefined, morph: Morph): string[] {
  const object = resolve(node, morph);
  if (!morph.Node.isObjectLiteralExpression(object)) return [];
  return object.getProperties().flatMap((property) => (morph.Node.isPropertyAssignment(property) || morph.Node.isShorthandPropertyAssignment(property) ? [property.getName().replace(/^["']|["']$/g, '')] : []));
}
