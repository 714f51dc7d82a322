/** Part of a text and where it begins there, UTF-16. */
export interface Chunk {
  readonly text: string;
  readonly offset: number;
}

/** Paragraphs: parted by empty lines, and by comments that stand alone between two of them at the left edge. Comments stay with what follows. */
export function splitParagraphs(text: string): Chunk[] {
  return group(text, (line, previous) => (previous === undefined || previous.trim() === '') && line.trim() !== '' && !/^\s/.test(line));
}

/** Expressions: parted by empty lines and by comments, which are no part of any. */
export function splitExpressions(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let open: { text: string; offset: number } | undefined;
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || /^\s*(?:#|\/\/|--\s)/.test(line)) open = undefined;
    else if (open === undefined) chunks.push((open = { text: line, offset }));
    else open.text += `\n${line}`;
    offset += line.length + 1;
  }
  return chunks;
}

/** Lines that are not empty and no comment, each for itself. */
export function splitLines(chunk: Chunk): Chunk[] {
  let offset = chunk.offset;
  return chunk.text.split('\n').flatMap((line) => {
    const found = line.trim() === '' || /^\s*#/.test(line) ? [] : [{ text: line, offset }];
    offset += line.length + 1;
    return found;
  });
}

/** Files that one sample shows below each other, each under a comment with its name; undefined where there are not two. */
export function splitNamedFiles(text: string): Chunk[] | undefined {
  const names = [...text.matchAll(/^#\s*(?:[\w.@-]+\/)*[\w.@-]+\.(?:ya?ml|rules)\b/gm)];
  if (names.length < 2 || text.slice(0, names[0]?.index ?? 0).trim() !== '') return undefined;
  return group(text, (line) => /^#\s*(?:[\w.@-]+\/)*[\w.@-]+\.(?:ya?ml|rules)\b/.test(line));
}

function group(text: string, starts: (line: string, previous: string | undefined) => boolean): Chunk[] {
  const chunks: { text: string; offset: number }[] = [];
  let offset = 0;
  let previous: string | undefined;
  for (const line of text.split('\n')) {
    const last = chunks.at(-1);
    if (last === undefined || starts(line, previous)) chunks.push({ text: line, offset });
    else last.text += `\n${line}`;
    offset += line.length + 1;
    previous = line;
  }
  return chunks.filter((chunk) => chunk.text.trim() !== '');
}
