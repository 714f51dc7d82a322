import stringWidth from 'string-width';
import type { Verdict } from '../model/verdict.ts';
import { escapeLine } from './escape.ts';
import type { Paint, Style } from './paint.ts';

/** Columns: how far the passed ones got, then the others. */
const columns = ['parsed', 'checked', 'ran', 'compared', 'failed', 'skipped', 'errored'] as const;
type Column = (typeof columns)[number];

const columnStyles: Partial<Record<Column, Style>> = { failed: 'red', errored: 'red', skipped: 'yellow' };

/** One line a group: how many blocks, and what became of them. Columns that are zero everywhere are left out. */
export function renderTable(title: string, verdicts: readonly Verdict[], groupOf: (verdict: Verdict) => string, paint: Paint): readonly string[] {
  const groups = Map.groupBy(verdicts, groupOf);
  const used = columns.filter((column) => verdicts.some((verdict) => columnOf(verdict) === column));
  const header = [title, 'blocks', ...used];
  const rows = [...groups].map(([name, members]) => [
    escapeLine(name),
    String(members.length),
    ...used.map((column) => String(members.filter((verdict) => columnOf(verdict) === column).length)),
  ]);
  const widths = header.map((text, index) => Math.max(...[text, ...rows.map((row) => row[index] ?? '')].map((cell) => stringWidth(cell))));
  const styles: readonly (Style | undefined)[] = [undefined, undefined, ...used.map((column) => columnStyles[column])];
  return [paint('dim', joinRow(header, widths)), ...rows.map((row) => joinRow(row, widths, (text, index) => paintCount(text, styles[index], paint)))];
}

function columnOf(verdict: Verdict): Column {
  return verdict.kind === 'passed' ? verdict.depth : verdict.kind;
}

function paintCount(text: string, style: Style | undefined, paint: Paint): string {
  if (text.trim() === '0') return paint('dim', text);
  return style === undefined ? text : paint(style, text);
}

/** First column to the left, numbers to the right. */
function joinRow(row: readonly string[], widths: readonly number[], decorate: (text: string, index: number) => string = (text) => text): string {
  const cells = row.map((text, index) => {
    const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(text)));
    return index === 0 ? text + padding : decorate(padding + text, index);
  });
  return `  ${cells.join('  ')}`.trimEnd();
}
