import type { Dockerfile } from 'dockerfile-ast';
import type { Block } from '../model/block.ts';
import { defineChecker, type Finding } from '../model/checker.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { wholeBlock } from './support/ranges.ts';
import { hintAt, suggest } from './support/suggest.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'Docker refuses an instruction, or reads it as something else.' },
  'unknown-instruction': { level: 'error', summary: 'A line begins with a word that is no instruction.' },
  'no-base-image': { level: 'error', summary: 'The file does not begin with FROM.' },
  'unknown-stage': { level: 'error', summary: 'A file is copied from a stage that does not stand above.' },
  'unpinned-image': { level: 'warning', summary: 'A base image has no version, or `latest`.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

const INSTRUCTIONS = ['ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR'];
const FLAGS = ['--from', '--chown', '--chmod', '--link', '--parents', '--exclude', '--platform', '--interval', '--timeout', '--retries', '--start-period', '--start-interval', '--checksum', '--keep-git-dir', '--unpack'];
/** A line with one of these stands for something else. */
const STAND_IN = /\.\.\.|…|<[a-z][\w .-]*>|\{\{|\{%/i;

interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** Dockerfiles: what Docker would refuse, and what it would build otherwise tomorrow. Never built. */
export const dockerfile = defineChecker({
  name: 'dockerfile',
  languages: ['dockerfile', 'docker'],
  attributes: [],
  rules,
  async check(blocks) {
    if (blocks.length === 0) return [];
    // Loaded only when there is a file to check: most pages have none.
    const [{ DockerfileParser }, { default: { validate, ValidationCode, ValidationSeverity } }] = await Promise.all([import('dockerfile-ast'), import('dockerfile-utils')]);
    const { IGNORE, ERROR } = ValidationSeverity;
    const settings = { instructionJSONInSingleQuotes: ERROR, deprecatedMaintainer: IGNORE, instructionCasing: IGNORE, directiveCasing: IGNORE, emptyContinuationLine: IGNORE, instructionCmdMultiple: IGNORE, instructionEntrypointMultiple: IGNORE, instructionHealthcheckMultiple: IGNORE, instructionWorkdirRelative: IGNORE };
    return blocks.flatMap((block) => {
      // The library looks for the stage of an indented first line for ever.
      const indent = block.text.length - block.text.trimStart().length;
      const text = block.text.slice(indent);
      const refused = validate(text, settings).map((one) => ({ name: ValidationCode[Number(one.code)] ?? '', words: typeof one.message === 'string' ? one.message : one.message.value, range: one.range }));
      const parsed = DockerfileParser.parse(text);
      const inText = rangesIn(text);
      const toRange: ToRange = (range) => ({ ...inText(range), offset: indent + inText(range).offset });
      const found = [...withoutEchoes(refused.flatMap((one) => explain(block, one, toRange(one.range)))), ...findUnpinned(toRange, parsed), ...findUnknownStages(block.text, toRange, parsed)];
      return found.filter(({ range }) => !STAND_IN.test(linesOf(block.text, range))).map((one) => ({ block, ...one }));
    });
  },
});

type ToRange = (range: Range) => TextRange;

function rangesIn(text: string): ToRange {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const offsetOf = ({ line, character }: Range['start']): number => Math.min((starts[line] ?? text.length) + character, text.length);
  return ({ start, end }) => ({ offset: offsetOf(start), length: offsetOf(end) - offsetOf(start) });
}

function linesOf(text: string, { offset, length }: TextRange): string {
  const end = text.indexOf('\n', offset + length);
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, end === -1 ? text.length : end);
}

interface Refusal {
  /** Name of a code of dockerfile-utils. */
  readonly name: string;
  readonly words: string;
  readonly range: Range;
}

function explain(block: Block, { name, words }: Refusal, range: TextRange): Found[] {
  const found = block.text.slice(range.offset, range.offset + range.length);
  const say = (rule: Found['rule'], message: string): Found[] => [{ rule, range, message }];
  if (name === 'NO_SOURCE_IMAGE') return judgeMissingBase(block, found, say);
  if (name === 'UNKNOWN_INSTRUCTION') {
    const near = suggest(found.toUpperCase(), INSTRUCTIONS);
    return say('unknown-instruction', `Found \`${found}\`, which is no instruction. ${near === undefined ? 'Write one of Docker\'s, or continue the line above with a backslash at its end.' : `Did you mean \`${near}\`?`}`);
  }
  if (/^UNKNOWN_\w+_FLAG$/.test(name)) {
    const near = suggest(found, FLAGS);
    // Docker learns flags faster than any list of them: only what is nearly a known one is a mistake.
    return near === undefined ? [] : say('syntax-error', `Found the flag \`${found}\`, which ${name.split('_')[1]} does not know. Did you mean \`${near}\`?`);
  }
  if (name === 'JSON_IN_SINGLE_QUOTES') return say('syntax-error', `Found an exec form in single quotes, expected double quotes: Docker takes this for words of a shell. Write "${/'([^']*)'/.exec(found)?.[1] ?? ''}".`);
  if (name === 'FLAG_INVALID_FROM_VALUE' && found.includes('$')) return say('syntax-error', `Found \`${found}\` in \`--from\`, expected a name: Docker puts no variable in there. Write \`FROM ${found} AS source\` above, and copy from \`source\`.`);
  if (name === 'BASE_NAME_EMPTY') return say('syntax-error', `Found \`${found}\`, expected a base image: no ARG above the first FROM gives it a value. Add \`ARG\`, with a default.`);
  return say('syntax-error', `Found \`${found.split('\n')[0]}\`, expected something else: Docker says "${words}". Correct it here.`);
}

/** Lines of a command whose backslash is missing have one cause: only the first is told, beside what is nearly an instruction. */
function withoutEchoes(found: readonly Found[]): Found[] {
  const isStranger = ({ rule, message }: Found): boolean => rule === 'unknown-instruction' && !message.includes('Did you mean');
  const first = found.find(isStranger);
  return found.filter((one) => one === first || !isStranger(one));
}

/** A fence without a title may show a piece of a file; a file has its beginning. */
function judgeMissingBase(block: Block, first: string, say: (rule: Found['rule'], message: string) => Found[]): Found[] {
  if (first === '') return [{ rule: 'no-base-image', range: wholeBlock(block), message: `Found no FROM, expected one: the ${block.text.trim() === '' ? 'block is empty' : 'file has no instruction'}. Write it, or remove the block.` }];
  if (block.title === undefined || STAND_IN.test(block.text)) return [];
  return say('no-base-image', `Found \`${first}\` before any FROM, expected \`FROM\` first: it says what everything else is laid on. Write it above, on hidden lines if readers need not see it.`);
}

function findUnpinned(toRange: ToRange, file: Dockerfile): Found[] {
  const stages = new Set<string>();
  return file.getFROMs().flatMap((from): Found[] => {
    const image = from.getImage();
    const place = from.getImageRange();
    const isStage = image !== null && stages.has(image.toLowerCase());
    stages.add(from.getBuildStage()?.toLowerCase() ?? '');
    if (image === null || place === null || isStage || image === 'scratch' || image.includes('$') || from.getImageDigest() !== null) return [];
    const tag = from.getImageTag();
    if (tag !== null && tag !== 'latest') return [];
    const name = image.replace(/:latest$/, '');
    return [{ rule: 'unpinned-image', range: toRange(place), message: `Found the image \`${image}\`${tag === null ? ' without a tag' : ''}, expected a version: what \`latest\` is changes under the reader. Write \`${name}:…\` with the version that you mean.` }];
  });
}

interface Stage {
  readonly name: string | undefined;
  readonly line: number;
}

function findUnknownStages(text: string, toRange: ToRange, file: Dockerfile): Found[] {
  const stages = file.getFROMs().map((from): Stage => ({ name: from.getBuildStage()?.toLowerCase(), line: from.getRange().start.line }));
  // Its stage may stand in what is left out.
  if (stages.length === 0 || STAND_IN.test(text)) return [];
  return file.getCOPYs().flatMap((copy): Found[] => {
    const flag = copy.getFromFlag();
    const place = flag?.getValueRange();
    const value = flag?.getValue();
    // With a slash, a colon or a dot it is an image.
    if (!place || !value || /[/:.@$]/.test(value)) return [];
    const problem = explainStage(value, stages, copy.getRange().start.line);
    return problem === undefined ? [] : [{ rule: 'unknown-stage', range: toRange(place), message: problem }];
  });
}

/** Why a stage cannot be copied from at a line; undefined when it can. */
function explainStage(value: string, stages: readonly Stage[], line: number): string | undefined {
  const above = stages.filter((stage) => stage.line < line);
  const known = above.slice(0, -1);
  if (/^\d+$/.test(value)) {
    if (Number(value) < known.length) return undefined;
    return `Found stage \`${value}\`, expected ${known.length === 0 ? 'a stage that stands above: there is none' : `0 to ${known.length - 1}: stages are counted from 0, and only those above can be copied from`}. Name the stage with AS, and write its name.`;
  }
  const names = known.flatMap(({ name }) => name ?? []);
  const found = `Found \`${value}\`, expected a stage that stands above`;
  if (names.includes(value.toLowerCase())) return undefined;
  if (above.at(-1)?.name === value.toLowerCase()) return `${found}: this is the stage itself. Leave out \`--from\`, or name another.`;
  if (stages.some(({ name }) => name === value.toLowerCase())) return `${found}: it stands below. Move it up.`;
  const near = suggest(value, names);
  if (near !== undefined) return `${found}.${hintAt(value, names)}`;
  return `${found}${names.length === 0 ? '' : `: ${names.join(', ')}`}. Name one; if an image is meant, give it a tag.`;
}
