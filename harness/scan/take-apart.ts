import { MAX_NESTING, nestingDepth } from '../parse/index.ts';
import { excuse, findOddCharacter } from './excuses.ts';
import { expandYaml } from './expand-yaml.ts';
import { guessKind, wholePiece } from './guess.ts';
import type { Document, Found, Piece, Sample } from './model.ts';
import { find } from './rules.ts';

/** A sample as what is to be judged of it. */
export interface Apart {
  readonly sample: Sample;
  readonly pieces: readonly Piece[];
  /** What is wrong whatever its parts are. */
  readonly found: readonly Found[];
  /** Why nothing can be said of some of it. */
  readonly unknown: string | undefined;
}

/** Characters of the longest text that anybody reads as a sample. */
const LARGEST = 100_000;

/** Takes the samples of a document apart. Behind a fence that is flipped, code and prose have changed places: of that nothing is said. */
export function takeApart({ samples }: Document): Apart[] {
  const flipped = samples.findIndex((sample) => sample.isNested !== true && findSwallowed(sample) !== undefined);
  return samples.map((sample, index): Apart => {
    if (sample.isNested === true || (flipped !== -1 && index === flipped)) return { sample, pieces: [], found: [findSwallowed(sample) as Found], unknown: undefined };
    if (flipped !== -1 && index > flipped && sample.block.language === '') return { sample, pieces: [], found: [], unknown: 'a fence above is flipped, so that this may be prose' };
    if (!sample.closed) return { sample, pieces: [], found: sample.container === 'fence' ? [unclosed(sample)] : [], unknown: 'its fence is never closed, so that its end is not known' };
    if (sample.block.text.length > LARGEST) return { sample, pieces: [], found: [], unknown: `it has ${sample.block.text.length} characters: data, not a sample` };
    const depth = nestingDepth(sample.block.text);
    if (depth > MAX_NESTING) return { sample, pieces: [], found: [], unknown: `no parser can read it: its brackets are nested ${depth} deep` };
    try {
      return takeOneApart(sample);
    } catch (error) {
      // Parsers give up on texts that are made to break them: too deep, or references without end.
      return { sample, pieces: [], found: [], unknown: `no parser can read it: ${error instanceof Error ? error.message : String(error)}` };
    }
  });
}

function takeOneApart(sample: Sample): Apart {
  const piece = wholePiece(sample, guessKind(sample));
  const wrongTag = piece.kind === 'rules' && sample.block.language === 'sh' ? [find('wrong-tag', Math.max(0, sample.block.text.search(/^ *- (?:alert|record)/m)), 1, 'Found rules under the tag of a shell, expected `yaml`: a shell refuses them. Correct the tag.')] : [];
  if (piece.kind !== 'yaml') return { sample, pieces: [piece], found: wrongTag, unknown: undefined };
  const expanded = expandYaml(piece);
  const odd = findOddCharacter(piece.text);
  return { sample, ...expanded, found: expanded.found.filter(() => odd === undefined || excuse(piece) === undefined) };
}

/** A fence that opens inside one of as many marks: the bare one that was to close it closes the outer. */
function findSwallowed({ block, marks: outer }: Sample): Found | undefined {
  if (outer === '') return undefined;
  let offset = 0;
  for (const line of block.text.split('\n')) {
    const inner = /^ {0,3}(`{3,}|~{3,})[a-zA-Z][\w+-]*\s*$/.exec(line)?.[1];
    if (inner !== undefined && inner.startsWith(outer)) {
      return find('flipped-fence', offset, line.trimEnd().length, `Found a fence that opens inside another of as many marks: the next bare one closes the outer, and from there on code and prose change places. Close the fence above; where it is to show this one, give it one mark more.`);
    }
    offset += line.length + 1;
  }
  return undefined;
}

function unclosed({ block, isCutOff }: Sample): Found {
  if (isCutOff === true) return find('unclosed-fence', 0, Math.max(1, (block.text.split('\n')[0] ?? '').length), 'Found a fence in a list that is never closed: to some readers it ends with its item, to others the next fence ends it. Close it where it ends.');
  return find('unclosed-fence', 0, Math.max(1, (block.text.split('\n')[0] ?? '').length), 'Found a fence that is never closed, so that the rest of the document is code. Close it where it ends.');
}
