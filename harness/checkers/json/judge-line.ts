import type { Node } from 'jsonc-parser';
import type { Dataset } from '../../model/dataset.ts';
import type { TextRange } from '../../model/place.ts';
import { hintAt } from '../support/suggest.ts';
import { findEventLines } from './dataset-lines.ts';

export interface LineProblem {
  readonly rule: 'unknown-field' | 'missing-field' | 'wrong-field' | 'other-value';
  readonly range: TextRange;
  readonly message: string;
}

/**
 * Holds a log line against those that the same service logs of the same event in the dataset: which fields they have, of which type; and where
 * the dataset has this very line, by its `ts`, what it says.
 * @param object a line whose fields follow the log contract
 * @param offset of the line in its block
 */
export function judgeLine(object: Node, offset: number, dataset: Dataset): LineProblem[] {
  const properties = (object.children ?? []).flatMap(({ children: [key, value] = [] }) => (key === undefined || value === undefined ? [] : [{ name: String(key.value), key, value }]));
  const valueOf = (name: string): string => String(properties.find((one) => one.name === name)?.value.value);
  const known = findEventLines(dataset, valueOf('service'), valueOf('event'));
  if (known === undefined) return [];
  const lines = `lines \`${valueOf('event')}\` of ${valueOf('service')} in dataset ${dataset.name}`;
  const placed = (node: Node): TextRange => ({ offset: offset + node.offset, length: node.length });
  const missing = [...known.always].filter((name) => !properties.some((one) => one.name === name));
  const [same] = known.at.get(valueOf('ts')) ?? [];
  return [
    ...properties.flatMap(({ name, key, value }): LineProblem[] => {
      const types = known.types.get(name);
      if (types === undefined) return [{ rule: 'unknown-field', range: placed(key), message: `Found the field \`${name}\`, which none of the ${lines} has.${hintAt(name, missing.length > 0 ? missing : known.types.keys())}` }];
      // An object or a list is no text that could be compared.
      if (value.type === 'object' || value.type === 'array') return [];
      if (!types.has(typeof value.value)) return [{ rule: 'wrong-field', range: placed(value), message: `Found \`${name}\`: ${JSON.stringify(value.value)}, expected a ${[...types].join(' or a ')}, as in ${lines}. Write it so.` }];
      if (same === undefined || same[name] === value.value) return [];
      return [{ rule: 'other-value', range: placed(value), message: `Found \`${name}\`: ${JSON.stringify(value.value)}, expected ${JSON.stringify(same[name]) ?? 'no such field'}: the dataset ${dataset.name} has the line of ${valueOf('ts')}. Copy the line as it is there.` }];
    }),
    ...(missing.length === 0 ? [] : [{ rule: 'missing-field' as const, range: { offset: offset + object.offset, length: 1 }, message: `Found a line without ${missing.map((name) => `\`${name}\``).join(' and ')}, expected what all ${lines} have. Add it.` }]),
  ];
}
