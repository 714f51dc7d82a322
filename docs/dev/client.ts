/// <reference types="vite/client" />
import type { LiveBlock, LiveFinding, LivePage, LiveVerdicts } from '../../harness/model/live-verdicts.ts';
import './live.css';

/** `/day-1/checkout-lag/` → `day-1/checkout-lag`: the page's id. */
const pageId = (): string => decodeURIComponent(location.pathname).replace(/^\/|\/$/g, '') || 'index';

const words: Readonly<Record<LiveBlock['verdict'], string>> = { running: 'running …', passed: 'passed', failed: 'failed', errored: 'broken: not the text of the page', skipped: 'skipped' };
const depths: Readonly<Record<LiveBlock['depth'], string>> = { parsed: 'parsed', checked: 'checked', ran: 'answered', compared: 'answered as stored' };

function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function describe({ verdict, depth, elapsedMs, note }: LiveBlock): string {
  if (verdict === 'passed') return `${words.passed} · ${depths[depth]}${elapsedMs > 0 ? ` · ${(elapsedMs / 1000).toFixed(2)} s` : ''}`;
  return note === '' ? words[verdict] : `${words[verdict]} · ${note}`;
}

function renderFinding({ rule, level, message, file, line, column }: LiveFinding): HTMLElement {
  const where = element('span', 'live-place', `${file}:${line}:${column}`);
  return element('li', `live-finding is-${level}`, element('b', '', rule), ` ${message} `, where);
}

function renderVerdict(id: string, block: LiveBlock): HTMLElement {
  const panel = element('div', `live-verdict is-${block.verdict} not-content`, element('p', '', `line ${block.line}: ${describe(block)}`));
  panel.dataset['verdictOf'] = id;
  if (block.findings.length > 0) panel.append(element('ul', '', ...block.findings.map(renderFinding)));
  return panel;
}

function summarise(page: LivePage): string {
  const verdicts = Object.values(page.blocks).map(({ verdict }) => verdict);
  const parts = (['failed', 'errored', 'running', 'passed', 'skipped'] as const).flatMap((kind) => {
    const count = verdicts.filter((verdict) => verdict === kind).length;
    return count === 0 ? [] : [`${count} ${kind === 'errored' ? 'broken' : kind}`];
  });
  return parts.join(', ') || 'no blocks';
}

/** What concerns no block that is drawn here, e.g. a diagram, stands in the line at the foot. */
function renderFoot(page: LivePage, placed: ReadonlySet<string>): HTMLElement {
  const foot = element('footer', 'live-foot not-content', element('p', '', summarise(page)));
  const elsewhere = Object.entries(page.blocks).filter(([id, block]) => !placed.has(id) && block.verdict !== 'passed').map(([id, block]) => renderVerdict(id, block));
  foot.append(...elsewhere);
  if (page.findings.length > 0) foot.append(element('ul', '', ...page.findings.map(renderFinding)));
  foot.setAttribute('role', 'status');
  return foot;
}

function draw({ pages }: LiveVerdicts): void {
  const page = pages[pageId()];
  for (const old of document.querySelectorAll('.live-verdict, .live-foot')) old.remove();
  if (page === undefined) return;
  const placed = new Set<string>();
  for (const place of document.querySelectorAll<HTMLElement>('[data-block]')) {
    const id = place.dataset['block'] ?? '';
    const block = page.blocks[id];
    if (block === undefined || placed.has(id)) continue;
    placed.add(id);
    (place.closest('.expressive-code') ?? place).after(renderVerdict(id, block));
  }
  document.body.append(renderFoot(page, placed));
}

/** Counts what was asked for and what came unasked: an answer that is slow to come must not undo a newer one. */
let newest = 0;

async function load(): Promise<void> {
  const asked = ++newest;
  const response = await fetch('/@course/verdicts');
  const verdicts = response.ok ? await response.json() as LiveVerdicts : undefined;
  if (verdicts !== undefined && asked === newest) draw(verdicts);
}

import.meta.hot?.on('course:verdicts', (verdicts: LiveVerdicts) => {
  newest++;
  draw(verdicts);
});
// What was told before there was a connection was told to nobody.
import.meta.hot?.on('vite:ws:connect', () => void load());
void load();
