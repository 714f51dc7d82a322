/**
 * The candidate nearest to a misspelt word, for "did you mean".
 * @returns undefined when none is near: more than a third of the word would have to change
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of [...candidates].sort()) {
    if (name === word || Math.abs(name.length - word.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** ` Did you mean \`x\`?`, or the known names when none is near. Starts with a space, ends with its stop. */
export function hintAt(word: string, candidates: Iterable<string>, shown = 8): string {
  const names = [...candidates].sort();
  const near = suggest(word, names);
  if (near !== undefined) return ` Did you mean \`${near}\`?`;
  if (names.length === 0) return '';
  const rest = names.length > shown ? `, and ${names.length - shown} more` : '';
  return ` Known: ${names.slice(0, shown).map((name) => `\`${name}\``).join(', ')}${rest}.`;
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(cell(row - 1, column) + 1, (current[column - 1] ?? 0) + 1, cell(row - 1, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, cell(row - 2, column - 2) + 1);
      current.push(cost);
    }
  }
  return cell(left.length, right.length);
}
