import type { Block, Page } from '../model/block.ts';
import { findChecker, type Checker } from '../model/checker.ts';
import type { Diagnostic, Rule, RuleId } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { PlannedBlock } from '../model/plan.ts';
import { commonAttributes, explainBadForm, textOf } from './attributes.ts';

export const planRules = {
  'plan/no-checker': { level: 'error', summary: 'No checker knows this kind of block.' },
  'plan/needs-title': { level: 'error', summary: 'A file needs a title: it says which checker judges it.' },
  'plan/attribute-form': { level: 'error', summary: 'An attribute has a value of the wrong form.' },
  'plan/attribute-does-not-apply': { level: 'error', summary: 'An attribute means nothing on this kind of block.' },
  'plan/unnamed': { level: 'error', summary: 'A block that is executed needs a name: its answer is stored under it.' },
  'plan/needless-name': { level: 'error', summary: 'A block that is not executed has no answer to name.' },
  'plan/unknown-dataset': { level: 'error', summary: 'A dataset is named that does not exist.' },
  'plan/no-dataset': { level: 'error', summary: 'A query has nothing to ask: neither it nor its page names a dataset.' },
  'plan/ignore-expired': { level: 'error', summary: 'The date until which a block may be ignored has passed.' },
  'plan/ignore-passes': { level: 'error', summary: 'A block is ignored although it passes now.' },
  'plan/continues-nothing': { level: 'error', summary: 'A block continues one that does not exist or that leaves nothing to continue.' },
} as const satisfies Record<RuleId, Rule>;

export interface PlanInput {
  readonly pages: readonly Page[];
  readonly checkers: readonly Checker[];
  /** As in `CheckContext`. */
  readonly images?: ReadonlyMap<string, string>;
  /** Every dataset that a block names, its own first (parse knows the grammar). */
  readonly datasetsOf: (block: Block, page: Page) => readonly string[];
  /** Why a dataset cannot be had; undefined when it can. */
  readonly explainBadDataset: (name: string) => string | undefined;
  /** Attributes that change only the look of a block: allowed on every one. */
  readonly displayAttributes: readonly string[];
  /** ISO date of today: `ignore` expires. */
  readonly today: string;
}
export interface Plan {
  readonly blocks: readonly PlannedBlock[];
  /** By block id, in order of attributes. */
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>;
}

/** Decides what happens with every block. Total: each block gets one action, whatever is wrong with it. */
export function planBlocks(input: PlanInput): Plan {
  const blocks: PlannedBlock[] = [];
  const diagnostics = new Map<string, Diagnostic[]>();
  for (const page of input.pages) {
    for (const block of page.blocks) {
      const found: Diagnostic[] = [];
      const report: Report = (rule, message, place = block.fence) =>
        void found.push({ ruleId: rule, level: planRules[rule].level, message, place, related: [] });
      blocks.push({ block, action: planBlock(block, page, input, report) });
      if (found.length > 0) diagnostics.set(block.id, found);
    }
  }
  return { blocks, diagnostics };
}

/** Findings of parsing after which a block's text is not what its author meant. */
const TEXT_IS_LACKING: ReadonlySet<string> = new Set(['mdx/missing-file', 'mdx/not-text', 'mdx/too-long', 'mdx/too-deep', 'mdx/forbidden-path', 'mdx/unknown-region', 'mdx/broken-region', 'mdx/unclosed-fence']);
/** Attributes that say something only beside another. */
const NEEDED_BESIDE: Readonly<Record<string, string>> = { step: 'range', reason: 'ignore', until: 'ignore' };

/** The place where `--live` will plan them: no dataset shows what they claim. */
const LIVE_ONLY = 'it is proven on the live services only, and this run has none';

type Report = (rule: keyof typeof planRules, message: string, place?: Place) => void;

function planBlock(block: Block, page: Page, input: PlanInput, report: Report): PlannedBlock['action'] {
  return block.attributes.has('ignore') ? planIgnored(block, page, input, report) : planHeeded(block, page, input, report);
}

function planHeeded(block: Block, page: Page, input: PlanInput, report: Report): PlannedBlock['action'] {
  // The attributes of an expectation stand on lines of their own.
  const fenceLines = new Set([block.fence, ...[...block.attributes.values()].map(({ place }) => place)].map(({ start }) => start.line));
  const onFence = page.diagnostics.filter(({ place }) => fenceLines.has(place.start.line));
  // Without the text that the author meant, every further finding would be about the lack of it.
  if (onFence.some(({ ruleId }) => TEXT_IS_LACKING.has(ruleId))) return { kind: 'skip', reason: 'its text is not what was meant' };
  const checker = findChecker(block, input.checkers);
  if (checker === undefined) {
    if (!onFence.some(({ ruleId }) => ruleId === 'mdx/missing-language')) reportNoChecker(block, input.checkers, report);
    return { kind: 'skip', reason: 'no checker knows this kind of block' };
  }
  checkAttributes(block, checker, input, onFence, report);
  if (block.expectation?.proven === 'live') return { kind: 'skip', reason: LIVE_ONLY };
  const untried = block.attributes.has('no_run') || input.images === undefined ? undefined : checker.untried?.(block, input.images);
  const backend = untried === undefined ? backendOf(block, checker, page, input, report) : undefined;
  if (backend === undefined || block.attributes.has('no_run')) {
    if (backend === undefined && block.name !== undefined) report('plan/needless-name', `\`name=${block.name}\` names an answer, but ${untried ?? checker.checkedOnly?.(block) ?? `${block.language} blocks are checked and not executed`}. Remove the name.`, block.attributes.get('name')?.place);
    return { kind: 'check', checker, ...(untried === undefined ? {} : { untried }) };
  }
  // A name that is written but not usable has its own finding.
  if (!block.attributes.has('name')) report('plan/unnamed', `This block is executed and its answer stored: give it a name, e.g. \`name=${suggestName(block)}\`, or \`no_run\` when it is only to be checked.`);
  const datasets = planDatasets(block, page, backend, input, report);
  // Its dataset may stand in a frontmatter that cannot be read: that has its finding, and there is nothing to ask.
  if (datasets.length === 0 && NEEDS_DATASET.has(backend)) return { kind: 'skip', reason: 'it has no dataset to ask' };
  return { kind: 'run', checker, backend, datasets };
}

function planIgnored(block: Block, page: Page, input: PlanInput, report: Report): PlannedBlock['action'] {
  const until = textOf(block, 'until');
  for (const name of ['until', 'ignore']) {
    const attribute = block.attributes.get(name);
    const bad = attribute && explainBadForm(attribute);
    if (bad !== undefined) report('plan/attribute-form', bad, attribute?.place);
  }
  if (until !== undefined && until < input.today) report('plan/ignore-expired', `This block was to be ignored until ${until}, and that has passed. Make it pass, or say anew why not and until when.`, block.attributes.get('until')?.place);
  const trial = planTrial(block, page, input);
  return { kind: 'skip', ...(trial === undefined ? {} : { trial }), reason: `${textOf(block, 'reason') ?? 'no reason given'} (until ${until ?? 'no date given'})` };
}

/** What would be done with an ignored block. Its fence may lack a name: it gets one when its first answer is stored. */
function planTrial(block: Block, page: Page, input: PlanInput): Exclude<PlannedBlock['action'], { kind: 'skip' }> | undefined {
  let isSound = true;
  const action = planHeeded(block, page, input, (rule) => { isSound &&= rule === 'plan/unnamed' || planRules[rule].level !== 'error'; });
  return isSound && action.kind !== 'skip' ? action : undefined;
}

function reportNoChecker(block: Block, checkers: readonly Checker[], report: Report): void {
  const titled = checkers.filter((checker) => checker.languages.includes(block.language)).flatMap((checker) => checker.titles ?? []);
  if (titled.length > 0) {
    const found = block.title === undefined ? 'without a title' : `with the title "${block.title}"`;
    // The other spelling of the ending would only double the list.
    const titles = titled.filter((title) => !title.endsWith('.yaml')).map((title) => `title="${title.replace('*', 'example')}"`);
    return report('plan/needs-title', `Found a ${block.language} block ${found}, expected one of the files that are checked: ${titles.join(', ')}. Give it that title, or tag it \`text\`.`, block.attributes.get('title')?.place);
  }
  const known = [...new Set(checkers.flatMap((checker) => checker.languages))].sort();
  const meant = /^\w+/.exec(block.language)?.[0] ?? '';
  const near = known.includes(meant) && meant !== block.language ? meant : undefined;
  // `prom` is short for two.
  const likely = near === undefined && meant.length > 2 ? known.filter((tag) => tag.startsWith(meant)) : near === undefined ? [] : [near];
  report('plan/no-checker', `Found the tag \`${block.language}\`, expected one that is checked: ${known.join(', ')}. ${likely.length === 0 ? adviseTag(block.language) : `Did you mean ${likely.map((tag) => `\`${tag}\``).join(' or ')}?`}`);
}

function adviseTag(tag: string): string {
  const isSession = /^(?:console|shell-?session|terminal|zsh|fish)$/.test(tag);
  return isSession ? 'For commands write `sh`, without prompts and without what they print: the real answer stands below the block.' : 'For text that is not code write `text`.';
}

function checkAttributes(block: Block, checker: Checker, { displayAttributes, checkers }: PlanInput, onFence: readonly Diagnostic[], report: Report): void {
  const known = new Set([...commonAttributes, ...displayAttributes, ...checkers.flatMap(({ attributes }) => attributes)]);
  for (const attribute of block.attributes.values()) {
    const { name, place } = attribute;
    const isReported = onFence.some((found) => found.place.start.column < place.end.column + (found.ruleId === 'mdx/attribute-syntax' ? 2 : 0) && place.start.column < found.place.end.column);
    // Parsing has reported an unknown attribute, and what is wrong with the way that one is written (`expect=count > 1`).
    if (isReported || !known.has(name)) continue;
    const applies = [...commonAttributes, ...displayAttributes, ...checker.attributes].includes(name);
    const lacking = NEEDED_BESIDE[name];
    const bad = explainBadForm(attribute);
    if (!applies) report('plan/attribute-does-not-apply', describeInapplicable(name, checker), place);
    else if (bad !== undefined) report('plan/attribute-form', bad, place);
    else if (lacking !== undefined && !block.attributes.has(lacking)) report('plan/attribute-does-not-apply', `\`${name}\` means nothing without \`${lacking}\`, and this fence has none. Add it, or remove \`${name}\`.`, place);
  }
}

function describeInapplicable(name: string, checker: Checker): string {
  const own = [...checker.attributes].sort().join(', ');
  return `\`${name}\` means nothing on a ${checker.name} block${own === '' ? '' : `, which understands: ${own}`}. Remove it.`;
}

/** Blocks that listen, and what continues them, run against a throwaway set of backends at wall-clock time. */
function backendOf(block: Block, checker: Checker, page: Page, input: PlanInput, report: Report): string | undefined {
  if (checker.backend === undefined || checker.checkedOnly?.(block) !== undefined) return undefined;
  if (block.attributes.has('scrapes')) return 'live';
  const continued = block.attributes.get('continues');
  if (continued === undefined || !checker.attributes.includes('continues')) return checker.backend;
  const target = page.blocks.find((other) => other.name === continued.value);
  if (checker.chains === true) {
    const earlier = page.blocks.filter((other) => other.ordinal < block.ordinal && other.name !== undefined && findChecker(other, input.checkers) === checker && checker.checkedOnly?.(other) === undefined && !other.attributes.has('no_run'));
    if (target === undefined || !earlier.includes(target)) report('plan/continues-nothing', `\`continues=${String(continued.value)}\` names no ${checker.name} block above this one that is run. There are: ${earlier.map((other) => other.name).join(', ') || 'none'}.`, continued.place);
    return checker.backend;
  }
  if (target === undefined || !target.attributes.has('scrapes')) {
    const live = page.blocks.filter((other) => other.attributes.has('scrapes')).map((other) => other.name);
    report('plan/continues-nothing', `\`continues=${String(continued.value)}\` names no live block of this page. Live ones have \`scrapes=\`: ${live.join(', ') || 'there are none'}.`, continued.place);
  }
  return 'live';
}

const NEEDS_DATASET = new Set(['prometheus', 'loki', 'jaeger', 'alerting', 'alertmanager', 'dashboard', 'loki-rules']);
/** Some of its blocks ask nobody: the checker says which ones lack a dataset. */
const MAY_HAVE_DATASET = new Set(['shell']);

function planDatasets(block: Block, page: Page, backend: string, input: PlanInput, report: Report): readonly string[] {
  if (!NEEDS_DATASET.has(backend) && !MAY_HAVE_DATASET.has(backend)) return [];
  const names = input.datasetsOf(block, page);
  const isUnreadable = page.diagnostics.some(({ ruleId }) => ruleId === 'mdx/frontmatter-error');
  if (names.length === 0 && !isUnreadable && NEEDS_DATASET.has(backend)) report('plan/no-dataset', `This ${block.language} block has nothing to ask: add \`dataset=…\` to it, or \`dataset:\` to the page's frontmatter.`);
  for (const bad of new Set(names.flatMap((name) => input.explainBadDataset(name) ?? []))) {
    const own = block.attributes.get('dataset')?.place;
    report('plan/unknown-dataset', `The dataset cannot be had: ${bad.replace(/[.?]?$/, (end) => end || '.')} Correct ${own !== undefined ? 'the name' : page.markdown === undefined ? 'it there' : '`dataset:` in the frontmatter of the page'}.`, own ?? page.keys?.get('dataset'));
  }
  return names;
}

function suggestName(block: Block): string {
  const words = block.shownText.toLowerCase().match(/[a-z][a-z0-9]+/g) ?? [];
  return words.slice(0, 3).join('-') || 'first-answer';
}
