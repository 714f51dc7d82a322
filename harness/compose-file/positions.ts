import { isMap, isNode, isPair, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';
import type { TextRange } from '../model/place.ts';

export type Path = readonly (string | number)[];

/** Range of the value at a path of a YAML document, or of the nearest thing above it that stands in the text. */
export function valueRange(document: Document, path: Path): TextRange {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && (isPlace(node) || isFlowEntry(node, path[depth - 1]))) return rangeOf(node);
    const key = findPair(document, path.slice(0, depth))?.key;
    if (isNode(key)) return rangeOf(key);
  }
  return { offset: 0, length: 0 };
}

/** Range of the key at the end of a path; of the value where there is no key, as in a list. */
export function keyRange(document: Document, path: Path): TextRange {
  const key = findPair(document, path)?.key;
  return isNode(key) ? rangeOf(key) : valueRange(document, path);
}

function findPair(document: Document, path: Path): Pair | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  return parent.items.filter(isPair).find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
}

/** A map or a list is too much to point at: its key says it. */
function isPlace(node: Node): boolean {
  return !isMap(node) && !isSeq(node) && node.range !== undefined && node.range !== null;
}

/** A map or list within a list has no key; on one line it can be pointed at. */
function isFlowEntry(node: Node, last: string | number | undefined): boolean {
  return typeof last === 'number' && (isMap(node) || isSeq(node)) && node.flow === true;
}

function rangeOf(node: Node): TextRange {
  const [start, end] = node.range ?? [0, 0, 0];
  return { offset: start, length: end - start };
}
