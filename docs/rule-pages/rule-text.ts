/** Part of an example: a page as its author writes it, or another file of the repository. */
export interface ExampleFile {
  /** `before`: as it was when its answers were stored, for rules about stored answers. */
  readonly role: 'before' | 'failing' | 'repaired';
  /** Tag of the fence, for highlighting. */
  readonly language: string;
  /** Undefined: the page. Otherwise a path of the repository, in which the page is called `lesson`. */
  readonly file: string | undefined;
  readonly source: string;
  /** Where the rule must speak: where this text begins (`at`), or ends (`after`), for the first time. */
  readonly mark: { readonly side: 'at' | 'after'; readonly text: string } | undefined;
}
/** What stands in `docs/rules/<checker>/<rule>.md`: the one text from which a rule's page and its tests are made. */
export interface RuleText {
  /** `promql/rate-of-gauge` */
  readonly id: string;
  readonly title: string;
  /** Why no page can provoke the rule; undefined where a failing example does. */
  readonly unprovoked: string | undefined;
  /** Rules that the failing example cannot but break as well: of a block that another one needs. */
  readonly beside: readonly string[];
  /** In order: prose in Markdown, and examples between. */
  readonly parts: readonly (string | ExampleFile)[];
}

const OPENING = /^````(\S+) (before|failing|repaired)(?: (.*))?$/;
const FILE = /(?:^| )file=(\S+)/;
/** To the end of the line, so that the text may have quotes in it. */
const MARK = /(?:^| )(at|after)="(.*)"$/;

/**
 * Reads a rule's text: frontmatter with a `title`, prose, and examples in fences of four backticks, whose info says
 * `mdx failing at="text"` or `mdx repaired`.
 * @throws Error naming the rule, where the text is not of this form
 */
export function readRuleText(id: string, text: string): RuleText {
  const [, header, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const fields = new Map((header ?? '').split('\n').map((line) => line.split(/: (.*)/, 2) as [string, string]));
  const title = fields.get('title');
  if (title === undefined || body === undefined) throw new Error(`docs/rules/${id}.md: expected frontmatter with a title.`);
  const parts = readParts(`docs/rules/${id}.md`, body);
  const unprovoked = fields.get('unprovoked');
  const roles = parts.flatMap((part) => (typeof part === 'string' || part.file !== undefined ? [] : [part.role]));
  const needed = unprovoked === undefined ? ['failing', 'repaired'] : [];
  const odd = needed.filter((role) => roles.filter((one) => one === role).length !== 1);
  if (odd.length > 0) throw new Error(`docs/rules/${id}.md: expected exactly one page that is ${odd.join(' and one that is ')}. Write each between lines of four backticks: \`\`\`\`mdx failing at="…".`);
  return { id, title, unprovoked, beside: fields.get('beside')?.split(', ') ?? [], parts };
}

/**
 * Prose and examples of a text, in order.
 * @throws Error naming the file, where an example is never closed
 */
export function readParts(file: string, body: string): (string | ExampleFile)[] {
  const parts: (string | ExampleFile)[] = [];
  let prose: string[] = [];
  const lines = body.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const opening = OPENING.exec(lines[index] ?? '');
    if (opening === null) {
      prose.push(lines[index] ?? '');
      continue;
    }
    const end = lines.indexOf('````', index);
    if (end < 0) throw new Error(`${file}: the example at line ${index + 1} of the text is never closed. End it with a line of four backticks.`);
    parts.push(prose.join('\n').trim(), readExample(opening, `${lines.slice(index + 1, end).join('\n')}\n`));
    prose = [];
    index = end;
  }
  return [...parts, prose.join('\n').trim()].filter((part) => part !== '');
}

function readExample([, language = '', role, rest = '']: RegExpExecArray, source: string): ExampleFile {
  const [, side, text] = MARK.exec(rest) ?? [];
  const mark = side === undefined || text === undefined ? undefined : { side: side as 'at' | 'after', text };
  return { role: role as ExampleFile['role'], language, file: FILE.exec(rest)?.[1], source, mark };
}

/** The page of an example. */
export function pageOf({ parts }: RuleText, role: ExampleFile['role']): ExampleFile | undefined {
  return parts.find((part): part is ExampleFile => typeof part !== 'string' && part.role === role && part.file === undefined);
}

/** 1-based line and column that a mark means. Undefined where the text does not have it. */
export function locateMark({ source, mark }: ExampleFile): { readonly line: number; readonly column: number } | undefined {
  const index = mark === undefined ? -1 : source.indexOf(mark.text);
  if (mark === undefined || index < 0) return undefined;
  const before = source.slice(0, mark.side === 'at' ? index : index + mark.text.length).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
