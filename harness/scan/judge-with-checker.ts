import { throwIfInterrupted } from '../model/interruption.ts';
import type { Block, BlockId } from '../model/block.ts';
import type { CheckContext, Checker, Finding } from '../model/checker.ts';
import { HarnessError } from '../model/verdict.ts';
import type { Found, Piece, ScanContext } from './model.ts';
import { isBorrowed } from './rules.ts';

/** How a piece is given to a checker of the course: as what, and with what around it. */
export interface Presentation {
  readonly language: string;
  readonly title?: string;
  /** Text instead of the piece's own. */
  readonly text?: string;
  /** Of the lines that `text` has before the piece's own, and the columns before each of them. */
  readonly linesBefore?: number;
  readonly columnsBefore?: number;
}

/**
 * Has a checker of the course judge pieces, and keeps what holds for any document. Places are those of the piece.
 * A piece over which the checker breaks has no entry, and the context is told.
 */
export async function askChecker(checker: Checker, pieces: readonly Piece[], present: (piece: Piece) => Presentation, context: ScanContext): Promise<ReadonlyMap<Piece, readonly Found[]>> {
  const blocks = new Map(pieces.map((piece, index): [Block, Piece] => [toBlock(piece, present(piece), index), piece]));
  const found = new Map<Piece, readonly Found[]>();
  const ask = async (asked: readonly Block[]): Promise<void> => {
    try {
      const said = await checker.check(asked, checkContext(context), context.signal);
      for (const block of asked) found.set(blocks.get(block) as Piece, said.filter((one) => one.block === block && isBorrowed(checker.name, one.rule)).map((one) => toFound(one, checker, blocks.get(block) as Piece, present)));
    } catch (cause) {
      await throwIfInterrupted(context.signal);
      // One of them breaks the checker: the others shall have their verdict.
      const half = asked.length >> 1;
      if (half === 0) context.onBroken(cause instanceof HarnessError ? cause : new HarnessError('checker-crashed', `the ${checker.name} checker crashed over ${blocks.get(asked[0] as Block)?.sample.block.page ?? ''}`, { cause }));
      else await Promise.all([ask(asked.slice(0, half)), ask(asked.slice(half))]);
    }
  };
  if (blocks.size > 0) await ask([...blocks.keys()]);
  return found;
}

function toBlock({ sample, text }: Piece, { language, title, text: other }: Presentation, index: number): Block {
  const shown = other ?? text;
  return { ...sample.block, id: `scan#${index}` as BlockId, page: `scan/${index}`, ordinal: index, language, title, text: shown, shownText: shown, attributes: new Map() };
}

/** Nothing of the course: no dataset, no other block. */
function checkContext({ root, tool }: ScanContext): CheckContext {
  return {
    root, tool, allBlocks: [], datasetOf: () => undefined,
    dataset: (name) => { throw new HarnessError('checker-crashed', `a scan has no dataset, and was asked for ${name}`); },
  };
}

function toFound({ rule, range, message, block }: Finding, { name, rules }: Checker, piece: Piece, present: (piece: Piece) => Presentation): Found {
  const { text, linesBefore = 0, columnsBefore = 0 } = present(piece);
  const place = text === undefined ? range : moveBack(block.text, piece.text, range, linesBefore, columnsBefore);
  return { rule: `${name}/${rule}`, level: rules[rule]?.level ?? 'error', ...place, message };
}

/** From a text made of a piece to the piece: by lines, as only whole lines were added and columns put before them. */
function moveBack(made: string, own: string, { offset, length }: { readonly offset: number; readonly length: number }, linesBefore: number, columnsBefore: number): { offset: number; length: number } {
  const before = made.slice(0, offset);
  const line = before.split('\n').length - 1 - linesBefore;
  const lines = own.split('\n');
  if (line < 0 || line >= lines.length) return { offset: 0, length: own.length };
  const column = Math.max(0, offset - (before.lastIndexOf('\n') + 1) - columnsBefore);
  const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + Math.min(column, (lines[line] ?? '').length);
  return { offset: start, length: Math.max(1, Math.min(length, own.length - start)) };
}
