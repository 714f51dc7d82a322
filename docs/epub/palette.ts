import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COLOURS = fileURLToPath(new URL('../styles/colours.css', import.meta.url));

/** The site's colours on light paper, by variable: many e-readers know no variables in styles. */
export function readPalette(): ReadonlyMap<string, string> {
  const css = readFileSync(COLOURS, 'utf8');
  const light = /:root\[data-theme='light'\] \{([^}]*)\}/.exec(css)?.[1] ?? '';
  const faces = [['--font-sans', 'sans-serif'], ['--font-serif', 'serif'], ['--font-mono', 'monospace']] as const;
  return new Map([...faces, ...[...light.matchAll(/(--[\w-]+): ([^;]+);/g)].map(([, name = '', value = '']) => [name, value] as const)]);
}

/**
 * Styles with every variable replaced by what it is on light paper.
 * @throws Error naming a variable that is no colour of the site
 */
export function resolveVariables(css: string, palette: ReadonlyMap<string, string>): string {
  return css.replace(/var\((--[\w-]+)\)/g, (_, name: string) => {
    const value = palette.get(name);
    if (value === undefined) throw new Error(`Found var(${name}) in a style of a book, expected one of ${[...palette.keys()].join(', ')}. Add it to docs/styles/colours.css, or use one of these.`);
    return value;
  });
}
