import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import type { SyntaxNode } from '@lezer/common';
import type { Block } from '../../model/block.ts';
import type { Contract, DeclaredMetric, DeclaredType } from './contract.ts';
import { childrenOf, findNodes } from './syntax.ts';

const CLASSES: Readonly<Record<string, DeclaredType>> = { Counter: 'counter', Gauge: 'gauge', Histogram: 'histogram', Summary: 'summary', Info: 'gauge', Enum: 'gauge' };
/** Keywords that change the name; what they make of it is not computed here. */
const PREFIXES = ['namespace', 'subsystem', 'unit'];

/**
 * Reads which metrics and labels a Python block declares with prometheus_client, also in modules beside it that it imports. Names must be literals
 * or constants of the same file: what is computed is not seen, and then anything may be exposed.
 * @param root the repository, where `file=` blocks and their modules lie
 */
export async function readPythonContract(block: Block, root: string): Promise<Contract> {
  // Loaded only when a query continues a Python service.
  const { parser } = await import('@lezer/python');
  const metrics = new Map<string, DeclaredMetric>();
  let hasComputedMetrics = false;
  for (const text of loadModules(block, root)) {
    const tree = parser.parse(text).topNode;
    const constants = new Map(findNodes(tree, 'AssignStatement').flatMap((node) => (node.firstChild?.name === 'VariableName' && node.lastChild !== null ? [[textOf(node.firstChild, text), node.lastChild] as const] : [])));
    for (const call of findNodes(tree, 'CallExpression')) {
      if (!readMetric(call, text, constants, (name, type, labels) => metrics.set(name, { type, labels, block }))) hasComputedMetrics = true;
    }
    hasComputedMetrics ||= /MetricFamily\(/.test(text);
  }
  return { metrics, spans: new Set(), defaultLabels: [], hasComputedMetrics, hasComputedSpans: true, hasProcessMetrics: true };
}

/** The block's text, then the modules beside its file that it imports, once each. */
function loadModules(block: Block, root: string): string[] {
  const texts = [block.text];
  const seen = new Set<string>();
  for (const text of texts) {
    if (block.source === undefined) break;
    for (const [, name] of text.matchAll(/^\s*(?:from|import)\s+([A-Za-z_]\w*)/gm)) {
      const path = join(root, dirname(block.source), `${name}.py`);
      if (seen.has(path) || !existsSync(path)) continue;
      seen.add(path);
      texts.push(readFileSync(path, 'utf8'));
    }
  }
  return texts;
}

/** @returns false for a metric whose name cannot be read */
function readMetric(call: SyntaxNode, text: string, constants: ReadonlyMap<string, SyntaxNode>, declare: (name: string, type: DeclaredType, labels: readonly string[]) => void): boolean {
  const className = /^(?:prometheus_client\.)?(\w+)$/.exec(call.firstChild === null ? '' : textOf(call.firstChild, text))?.[1] ?? '';
  const type = CLASSES[className];
  if (type === undefined || !new RegExp(`\\bprometheus_client\\.${className}\\b|from\\s+prometheus_client\\s+import[^#]*?\\b${className}\\b`).test(text)) return true;
  const values = readArguments(call.getChild('ArgList'), text);
  const resolve = (node: SyntaxNode | undefined): SyntaxNode | undefined => (node?.name === 'VariableName' ? constants.get(textOf(node, text)) : node);
  const name = literal(resolve(values.get('name') ?? values.get('0')), text);
  if (name === undefined || PREFIXES.some((prefix) => values.has(prefix))) return false;
  const list = resolve(values.get('labelnames') ?? values.get('2'));
  const labels = list === undefined ? [] : childrenOf(list).flatMap((item) => literal(resolve(item), text) ?? []);
  const bare = className === 'Counter' ? name.replace(/_total$/, '') : name;
  declare(className === 'Counter' ? `${bare}_total` : className === 'Info' ? `${bare}_info` : bare, type, className === 'Enum' ? [...labels, bare] : labels);
  if (type !== 'gauge' && !text.includes('disable_created_metrics(')) declare(`${bare}_created`, 'gauge', labels);
  return true;
}

/** By position, `0` first, or by keyword. */
function readArguments(list: SyntaxNode | null, text: string): Map<string, SyntaxNode> {
  const values = new Map<string, SyntaxNode>();
  const nodes = list === null ? [] : childrenOf(list).filter(({ name }) => !['(', ')', ','].includes(name));
  let position = 0;
  for (const [index, node] of nodes.entries()) {
    if (node.name === 'AssignOp' || nodes[index + 1]?.name === 'AssignOp') continue;
    const isKeyword = nodes[index - 1]?.name === 'AssignOp';
    values.set(isKeyword ? textOf(nodes[index - 2] as SyntaxNode, text) : String(position), node);
    if (!isKeyword) position += 1;
  }
  return values;
}

function literal(node: SyntaxNode | undefined, text: string): string | undefined {
  return node?.name === 'String' ? /^(["'])([\w:]+)\1$/.exec(textOf(node, text))?.[2] : undefined;
}

function textOf({ from, to }: SyntaxNode, text: string): string {
  return text.slice(from, to);
}
