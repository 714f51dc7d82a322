import type { Element, ElementContent } from 'hast';
import { toXast } from 'hast-util-to-xast';
import { visit } from 'unist-util-visit';
import { toXml } from 'xast-util-to-xml';
import { resolveVariables } from './palette.ts';

export interface XhtmlPage {
  readonly title: string;
  readonly body: readonly ElementContent[];
  /** `epub:type` of what the body holds. */
  readonly kind: string;
}

/** A content document of a book: XHTML as EPUB 3.3 has it, with colours instead of the site's variables. */
export function writeXhtml({ title, body, kind }: XhtmlPage, palette: ReadonlyMap<string, string>): string {
  const section: Element = { type: 'element', tagName: 'section', properties: {}, children: [...body] };
  visit(section, (node, _, parent) => {
    if (node.type === 'element') resolveColours(node, palette);
    if (node.type !== 'text') return;
    node.value = node.value.replace(unknownToXml, '\u{fffd}');
    // Drawings bring styles of their own.
    if (parent?.type === 'element' && parent.tagName === 'style') node.value = resolveVariables(node.value, palette);
  });
  const xml = toXml(toXast(section, { space: 'html' }), { closeEmptyElements: true });
  return [
    '<?xml version="1.0" encoding="utf-8"?>', '<!DOCTYPE html>',
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">',
    `<head><title>${escapeXml(title)}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>`,
    `<body>${xml.replace('<section', `<section epub:type="${kind}"`)}</body>`, '</html>', '',
  ].join('\n');
}

/** What XML 1.0 has no way to say: a terminal's control characters, in answers. */
const unknownToXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function resolveColours({ properties }: Element, palette: ReadonlyMap<string, string>): void {
  for (const name of ['style', 'fill', 'stroke', 'stopColor', 'floodColor']) {
    const value = properties[name];
    if (typeof value === 'string') properties[name] = resolveVariables(value, palette);
  }
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
