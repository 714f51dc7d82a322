/** Stand-ins that Mermaid computes with; they become CSS variables of the page, so that one drawing suits every theme. */
const paper = '#fdfcf8';
const ink = '#1c1a17';
const line = '#5a5650';
const notice = '#f3e9d2';

/** Lines of 1.5 pixels, no fills but the one thing to look at (`classDef focus`), the page's own face. */
export const diagramConfig = {
  theme: 'base' as const,
  htmlLabels: false,
  fontFamily: '"IBM Plex Sans", Arial, sans-serif',
  fontSize: 15,
  look: 'classic' as const,
  flowchart: { htmlLabels: false, curve: 'linear' as const, nodeSpacing: 26, rankSpacing: 36, padding: 10, useMaxWidth: false, subGraphTitleMargin: { top: 6, bottom: 4 } },
  sequence: { useMaxWidth: false, mirrorActors: false, boxMargin: 8 },
  gantt: { useMaxWidth: false },
  state: { useMaxWidth: false },
  themeVariables: {
    background: paper, mainBkg: paper, primaryColor: paper, secondaryColor: paper, tertiaryColor: paper,
    primaryTextColor: ink, secondaryTextColor: ink, tertiaryTextColor: ink, textColor: ink, titleColor: ink, nodeTextColor: ink,
    primaryBorderColor: line, secondaryBorderColor: line, tertiaryBorderColor: line, nodeBorder: line, lineColor: line,
    clusterBkg: paper, clusterBorder: line, edgeLabelBackground: paper,
    actorBkg: paper, actorBorder: line, actorTextColor: ink, actorLineColor: line, signalColor: line, signalTextColor: ink,
    labelBoxBkgColor: paper, labelBoxBorderColor: line, labelTextColor: ink, loopTextColor: ink,
    noteBkgColor: notice, noteBorderColor: line, noteTextColor: ink, activationBkgColor: notice, activationBorderColor: line,
    fontFamily: '"IBM Plex Sans", Arial, sans-serif', fontSize: '15px',
  },
  themeCSS: `
    .node rect, .node circle, .node ellipse, .node polygon, .node path, rect.actor { stroke-width: 1.5px; rx: 2px; }
    .edgePaths path, .flowchart-link, .messageLine0, .messageLine1 { stroke-width: 1.5px; }
    .edgeLabel rect, .edgeLabel .label rect, .labelBkg { fill: ${paper}; opacity: 1; }
    .cluster rect { stroke-width: 1px; stroke-dasharray: 4 3; fill: none; }
    .focus rect, .focus polygon, .focus circle, .focus path { fill: ${notice}; stroke: ${ink}; stroke-width: 2px; }
  `,
};

const variables: readonly (readonly [RegExp, string])[] = [
  [/#fdfcf8|rgb\(253, ?252, ?248\)/gi, 'var(--paper)'],
  [/#1c1a17|rgb\(28, ?26, ?23\)/gi, 'var(--ink)'],
  [/#5a5650|rgb\(90, ?86, ?80\)/gi, 'var(--ink-soft)'],
  [/#f3e9d2|rgb\(243, ?233, ?210\)/gi, 'var(--notice)'],
];

/** Turns the stand-ins into the page's variables, and gives the drawing an id that no other one on a page has. */
export function recolour(svg: string, oldId: string, newId: string): string {
  const renamed = svg.replaceAll(oldId, newId);
  return variables.reduce((text, [stand, variable]) => text.replace(stand, variable), renamed);
}
