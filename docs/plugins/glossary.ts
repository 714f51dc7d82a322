import { slug } from 'github-slugger';
import type { ElementContent } from 'hast';
import type { Glossary, GlossaryTerm } from '../../harness/model/glossary.ts';
import { readGlossary } from '../../harness/parse/index.ts';
import { h } from '../readings/hast.ts';
import { toHtml } from '../readings/index.ts';

/**
 * The words of `docs/glossary.yml` in alphabetical order, each with an id to link to, below the table that maps incidents to alerts.
 * @throws Error naming file and line when the file has a mistake: half a glossary would be published as all of it
 */
export function renderGlossary(root: string): string {
  const glossary = readGlossary(root);
  const [mistake] = glossary.diagnostics;
  if (mistake !== undefined) throw new Error(`${mistake.place.file}:${mistake.place.start.line}: ${mistake.message}`);
  const terms = glossary.terms.toSorted((a, b) => a.term.localeCompare(b.term, 'en'));
  return toHtml(h('div', [severityTable(glossary), h('dl', { className: ['glossary'] }, terms.flatMap(describe))]));
}

function severityTable({ severities }: Glossary): ElementContent {
  const head = h('tr', ['Incident', 'Alert', 'When'].map((text) => h('th', { scope: 'col' }, text)));
  const rows = severities.map(({ incident, alert, means }) => h('tr', [h('th', { scope: 'row' }, incident), h('td', alert), h('td', means)]));
  return h('table', [h('thead', [head]), h('tbody', rows)]);
}

function describe({ term, means, not }: GlossaryTerm): ElementContent[] {
  // A spelling is rejected with or without capitals; one is enough to read.
  const others = not.filter((word) => word.toLowerCase() !== term.toLowerCase());
  const instead = others.length === 0 ? [] : [h('span', { className: ['not'] }, ` Not: ${others.join(', ')}.`)];
  return [h('dt', { id: slug(term) }, term), h('dd', [...withCode(means), ...instead])];
}

/** `a \`b\` c` with code between backticks. */
function withCode(text: string): (ElementContent | string)[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : h('code', part)));
}
