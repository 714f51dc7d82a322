import { forEachChild, parse, type Command, type SyntaxNode, type Word } from 'unbash';
import type { TextRange } from '../../model/place.ts';

/** A command word that can be read off the text, e.g. `curl`; not `$TOOL`. */
export interface CommandUse {
  readonly name: string;
  readonly range: TextRange;
}

/** Commands that run the command given to them, with the options of theirs that take a value. */
const WRAPPERS: Readonly<Record<string, RegExp>> = {
  time: /$^/, command: /$^/, exec: /^-a$/, nohup: /$^/, env: /^-(?:u|C|S)$/, nice: /^-n$/, timeout: /^-(?:k|s)$/, xargs: /^-(?:I|n|P|L|d|a|E|s)$/, stdbuf: /^-(?:i|o|e)$/,
};

/**
 * Every command of a text, also inside functions, substitutions and pipes, in source order. Functions that the text defines are
 * not among them. Never throws: what cannot be parsed has no commands.
 */
export function commandsUsed(text: string): CommandUse[] {
  const found: CommandUse[] = [];
  const defined = new Set<string>();
  // Inside escaped backquotes positions count in another text: the outermost node that has a place here stands in.
  const visit = (node: SyntaxNode, shelter: TextRange | undefined): void => {
    const inside = shelter ?? (node.type === 'Script' && node.source !== undefined ? rangeOf(node) : undefined);
    if (node.type === 'Function') defined.add(node.name.value);
    if (node.type === 'Command') for (const word of commandWords(node)) found.push({ name: word.value, range: inside ?? rangeOf(word) });
    forEachChild(node, (child) => visit(child, inside));
  };
  visit(parse(text), undefined);
  return found.filter(({ name }) => !defined.has(name)).sort((left, right) => left.range.offset - right.range.offset);
}

/** Programs whose words are addresses to be asked. */
const ASKING = new Set(['curl', 'promtool', 'amtool', 'logcli']);

/** A word that may hold an address. */
export interface AskingWord extends TextRange {
  /** It is curl's, and `-g` does not keep curl from taking brackets for patterns. */
  readonly globs: boolean;
}

/** Where addresses can stand: words of the programs that ask, and values of variables. Comments, here-documents and what is printed are not. */
export function wordsThatAsk(text: string): AskingWord[] {
  const found: AskingWord[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command') {
      const program = commandWords(node).find(({ value }) => ASKING.has(value))?.value;
      const globs = program === 'curl' && !node.args.some((each) => each.type === 'Word' && /^(?:--globoff|-[a-zA-Z]*g[a-zA-Z]*)$/.test(each.value));
      if (program !== undefined) found.push(...node.args.map((each) => ({ ...rangeOf(each), globs })));
      found.push(...node.prefix.flatMap((each) => (each.type === 'Assignment' ? [{ ...rangeOf(each), globs: false }] : [])));
    }
    // Nested words lie within one that is found already, or have none of these commands.
    forEachChild(node, visit);
  };
  visit(parse(text));
  return found.filter((range, index) => !found.some((other, at) => at < index && other.offset <= range.offset && range.offset + range.length <= other.offset + other.length))
    .sort((left, right) => left.offset - right.offset);
}

/** The command's own word, and behind `env`, `timeout` and their like the one that they run. */
function commandWords(command: Command): Word[] {
  const words: Word[] = [];
  const rest = [...(command.name === undefined ? [] : [command.name]), ...command.args.flatMap((argument) => (argument.type === 'Word' ? [argument] : []))];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!isLiteral(word)) break;
    words.push(word);
    const takesValue = WRAPPERS[word.value];
    if (takesValue === undefined) break;
    while (rest[0] !== undefined && (rest[0].value.startsWith('-') || /^\w+=/.test(rest[0].value))) {
      if (takesValue.test((rest.shift() as Word).value)) rest.shift();
    }
    if (word.value === 'timeout') rest.shift();
  }
  return words;
}

function isLiteral({ parts, value }: Word): boolean {
  return !/[$`*?]/.test(value) && (parts ?? []).every(({ type }) => type === 'Literal' || type === 'SingleQuoted' || type === 'DoubleQuoted');
}

function rangeOf({ pos, end }: { readonly pos: number; readonly end: number }): TextRange {
  return { offset: pos, length: end - pos };
}
