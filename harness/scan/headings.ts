/** What a document says of itself above a line: its title, the headings that the line stands below, and how it begins. */
export class Headings {
  readonly #title: string;
  readonly #description: string;
  /** By level, 1 to 6. */
  readonly #open: string[] = [];
  readonly #intro: string[] = [];
  #count = 0;

  /** @param rows of the document, whose front matter may have its title */
  constructor(rows: readonly string[]) {
    const isMatter = /^(?:---|\+\+\+|;;;)\s*$/.test(rows[0] ?? '');
    const end = isMatter ? rows.findIndex((row, index) => index > 0 && row.trim() === rows[0]?.trim()) : -1;
    const matter = rows.slice(1, Math.max(1, end));
    const read = (key: RegExp): string => matter.flatMap((row) => key.exec(row)?.[1] ?? []).join('\n');
    this.#title = read(/^"?(?:title|linkTitle|sidebar_label)"?\s*[:=]\s*(.+)$/i);
    this.#description = read(/^"?description"?\s*[:=]\s*(.+)$/i);
  }
  get nearest(): string {
    return this.#open.findLast((one) => one !== undefined) ?? '';
  }
  get all(): string {
    return [this.#title, ...this.#open.filter((one) => one !== undefined)].join('\n');
  }
  get subject(): string {
    return [this.#title, this.#description, this.#open[0] ?? '', ...this.#intro].join('\n');
  }
  /** Reads the next line of prose. @param isBeginning whether no sample stands above it */
  read(row: string, isBeginning: boolean): void {
    const [, marks, words = ''] = /^(#{1,6})\s+(.*)$/.exec(row) ?? [];
    if (marks !== undefined) {
      this.#count += 1;
      this.#open.length = Math.min(this.#open.length, marks.length - 1);
      this.#open[marks.length - 1] = words;
    } else if (isBeginning && this.#count <= 1 && row.trim() !== '') this.#intro.push(row);
  }
}
