import type { Labels } from '../model/dataset.ts';

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  value: T | undefined;
}
/**
 * Things by a name and label values, given in the same order each time. Found by walking the values: a joined key would be a new string, and
 * cost its hash, with every request.
 */
export class LabelTrie<T> {
  /** In the order in which they were made. */
  readonly all: T[] = [];
  readonly #root: Node<T> = { children: new Map(), value: undefined };

  /** What is there, or what `make` makes of it. */
  find(name: string, labels: Labels, make: () => T): T {
    let node = descend(this.#root, name);
    for (const label in labels) node = descend(node, labels[label] ?? '');
    if (node.value === undefined) {
      node.value = make();
      this.all.push(node.value);
    }
    return node.value;
  }
}

function descend<T>(node: Node<T>, step: string): Node<T> {
  let child = node.children.get(step);
  if (child === undefined) {
    child = { children: new Map(), value: undefined };
    node.children.set(step, child);
  }
  return child;
}
