import { createHash } from 'node:crypto';

export interface DrawnDiagram {
  readonly title: string;
  readonly description: string;
  readonly widthPx: number;
  readonly svg: string;
}
/** Diagrams drawn before the build, by key of their source. */
export type DiagramSet = ReadonlyMap<string, DrawnDiagram>;

/** Key of a diagram. Mermaid's drawings are not the same bytes twice, so the source is compared and never the drawing. */
export function diagramKey(source: string): string {
  return createHash('sha256').update(source.trim().replace(/\r\n/g, '\n')).digest('hex').slice(0, 16);
}

/**
 * A figure with the drawing inline: it takes the page's face and its colours, in light, dark and print. It scrolls inside itself
 * before its letters get too small to read.
 * @throws Error when the diagram was not drawn, or has no title or description
 */
export function renderDiagram(diagrams: DiagramSet, source: string): string {
  const drawn = diagrams.get(diagramKey(source));
  if (!drawn) throw new Error('this diagram has not been drawn. `npm run build` draws all of them before the site.');
  if (drawn.title === '' || drawn.description === '') throw new Error('a diagram needs accTitle (what it is) and accDescr (what one is to see in it).');
  const least = Math.round(drawn.widthPx * 0.8);
  const svg = drawn.svg.replace(/^<svg /, `<svg style="width:${Math.round(drawn.widthPx)}px;min-width:min(${least}px,100vw * 3)" `);
  return `<figure class="drawing not-content"><div class="scroller" tabindex="0" role="group" aria-label="Diagram">${svg}</div></figure>`;
}
