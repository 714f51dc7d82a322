import type { Element, ElementContent, Text } from 'hast';
import { select, selectAll } from 'hast-util-select';
import { toString } from 'hast-util-to-string';

/**
 * Code as books have it: one `code` with its lines as text, each token in its colour for paper. Expressive Code's lines are
 * blocks inside of `code`, which XHTML does not allow.
 */
export function bookCode(pre: Element): Element {
  const lines = selectAll('.ec-line', pre);
  if (lines.length === 0) return { ...pre, properties: {} };
  const children = lines.flatMap((line, index) => [...(index === 0 ? [] : [newLine]), ...lineOf(line)]);
  return { type: 'element', tagName: 'pre', properties: {}, children: [{ type: 'element', tagName: 'code', properties: {}, children }] };
}

const newLine: Text = { type: 'text', value: '\n' };

function lineOf(line: Element): ElementContent[] {
  const classes = Array.isArray(line.properties['className']) ? line.properties['className'] : [];
  const change = ['ins', 'del', 'mark'].find((name) => classes.includes(name));
  const tokens = (select('.code', line)?.children ?? []).flatMap(tokenOf);
  return change === undefined ? tokens : [{ type: 'element', tagName: change === 'mark' ? 'mark' : change, properties: {}, children: tokens }];
}

function tokenOf(token: ElementContent): ElementContent[] {
  if (token.type !== 'element') return token.type === 'text' ? [token] : [];
  const colour = /--1:(#[0-9a-f]{6})/i.exec(String(token.properties['style'] ?? ''))?.[1];
  const text: Text = { type: 'text', value: toString(token).replace(/\n$/, '') };
  return colour === undefined ? [text] : [{ type: 'element', tagName: 'span', properties: { style: `color:${colour.toLowerCase()}` }, children: [text] }];
}
