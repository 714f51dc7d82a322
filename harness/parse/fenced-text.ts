import type { Block, BlockLine } from '../model/block.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { NonEmpty, Place } from '../model/place.ts';
import { diagnose } from './rules.ts';
import { splitLines } from './source-lines.ts';
import type { Fence } from './tree.ts';

/** The part of a block that says what is checked, what is shown, and where it came from. */
export type BlockText = Pick<Block, 'text' | 'shownText' | 'lines' | 'source'>;

export interface TextLine {
  readonly text: string;
  readonly at: BlockLine;
}

const hiddenMarker = /^(?:\/\/|#)\|(?: |$)/;
const almostHidden = /^\s*(?:\/\/|#)\|/;
const splitTab = 'A tab of this line is partly indentation of the fence and partly text, so that no column of it can be told. Indent with spaces.';

/** Joins lines into what is checked and what is shown; without any line the block stands at its fence. */
export function joinLines(lines: readonly TextLine[], fence: Place, source: string | undefined): BlockText {
  const [first = { text: '', at: { ...fence.start, file: fence.file, shown: true } }, ...rest] = lines;
  const places: NonEmpty<BlockLine> = [first.at, ...rest.map((line) => line.at)];
  const text = lines.map((line) => line.text).join('\n');
  const shownText = lines.filter((line) => line.at.shown).map((line) => line.text).join('\n');
  return { text, shownText, lines: places, source };
}

/** The lines between the fences, without the indentation of lists, quotes and JSX, hidden lines unmarked. */
export function readFencedLines(fence: Fence, place: Place, sourceLines: readonly string[]): { lines: TextLine[]; diagnostics: Diagnostic[] } {
  const lines: TextLine[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, text] of splitContent(fence).entries()) {
    const lineNumber = place.start.line + 1 + index;
    const sourceLine = sourceLines[lineNumber - 1] ?? '';
    // Containers and indentation only ever take a line's beginning away, so the rest is a suffix.
    const column = Math.max(1, sourceLine.length - text.length + 1);
    const whole = { file: place.file, start: { line: lineNumber, column }, end: { line: lineNumber, column: sourceLine.length + 1 } };
    if (!sourceLine.endsWith(text)) diagnostics.push(diagnose('unmappable-indent', whole, splitTab));
    const marker = hiddenMarker.exec(text)?.[0];
    if (marker === undefined && almostHidden.test(text)) diagnostics.push(diagnose('hidden-line', whole, describeHidden(text)));
    const skipped = marker?.length ?? 0;
    lines.push({ text: text.slice(skipped), at: { file: place.file, line: lineNumber, column: column + skipped, shown: marker === undefined } });
  }
  return { lines, diagnostics };
}

function describeHidden(text: string): string {
  const found = /\S+/.exec(text)?.[0] ?? text;
  return `Found \`${found}\`, which would be shown as it stands. A hidden line begins with \`//| \` or \`#| \`: the marker first, then one space, then the line with its indentation.`;
}

function splitContent({ node, closed }: Fence): readonly string[] {
  const { start, end } = node.position ?? { start: { line: 0 }, end: { line: 0 } };
  const count = end.line - start.line - (closed ? 1 : 0);
  return count <= 0 ? [] : splitLines(node.value).slice(0, count);
}
