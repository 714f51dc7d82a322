/** Attributes that every block may have, whatever its language. */
export const blockAttributes = ['name', 'file', 'title', 'no_run', 'ignore', 'reason', 'until'] as const;

/** Every attribute of the course's own: what a block may have, and what blocks that run may have. */
export const commonAttributes = [
  ...blockAttributes,
  'dataset', 'expect', 'at', 'range', 'step', 'empty', 'alone', 'continues', 'scrapes', 'exit', 'rejects',
  'fires', 'after', 'quiet', 'never', 'control', 'alerts', 'routes', 'of', 'into',
] as const;

/** Attributes of Expressive Code: they change how a block looks, never what is checked (`title` is ours too). */
export const displayAttributes = [
  'mark', 'ins', 'del', 'add', 'rem', 'collapse', 'collapseStyle', 'collapsePreserveIndent', 'frame', 'wrap',
  'showLineNumbers', 'startLineNumber', 'preserveIndent', 'hangingIndent', 'useDiffSyntax', 'lang',
] as const;

const flags: ReadonlySet<string> = new Set(['empty', 'alone', 'no_run', 'ignore']);
const valued: ReadonlySet<string> = new Set(commonAttributes.filter((name) => !flags.has(name)));
const display: ReadonlySet<string> = new Set(displayAttributes);

/** True for an attribute of ours that says nothing without a value; its form is judged by planning. */
export function needsValue(name: string): boolean {
  return valued.has(name);
}

/** True for what changes only the look: it may be repeated, and it does not make a transcript stale. */
export function isDisplayAttribute(name: string): boolean {
  return display.has(name);
}
