import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listIncidentPages, viewIncident, type IncidentView } from '../../docs/incident-pages/incident.ts';
import { renderPicture } from '../../docs/incident-pages/picture.ts';
import { openCourse, UnprovenError } from '../../docs/plugins/course.ts';
import { repository } from '../support/course.ts';

const FILE = 'snippets/incidents/checkout-lag.yaml';
const P99 = 'docs/transcripts/incidents/checkout-lag/p99.json';
let root: string;
/** Incident files, what they include, and their stored answers: all that the pages are made from. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'incident-pages-'));
  for (const path of ['snippets/incidents', 'snippets/stack', 'docs/transcripts/incidents', 'docs/transcripts/lock.json']) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(repository, path), join(root, path), { recursive: true });
  }
});
afterEach(() => rmSync(root, { recursive: true }));
const edit = (file: string, change: (text: string) => string): void => writeFileSync(join(root, file), change(readFileSync(join(root, file), 'utf8')));
function view(preview?: string): IncidentView {
  const course = openCourse(root, preview);
  return viewIncident(course.page(FILE), course);
}

describe('the page of an incident', () => {
  test('is there for each file that states expectations, in order of their days', () => {
    const ids = listIncidentPages(openCourse(root)).map(({ id }) => id);
    expect(ids.filter((id) => /healthy|checkout/.test(id))).toEqual(['incidents/healthy', 'incidents/checkout-lag', 'incidents/checkout-crash']);
    expect(ids).not.toContain('incidents/first-light');
  });
  test('tells deploys, faults in the file’s own words, and the alerts that really fired', () => {
    expect(view().events.map(({ kind, at, until, text }) => [kind, at, until, text])).toEqual([
      ['deploy', '14:02', undefined, 'discount 1.9.0 is deployed'],
      ['fault', '14:02', '14:18', 'latency at discount: value 2.5s, sigma 0.05, call peer loyalty-api endpoint GET /offers, when role vip'],
      ['alert', expect.stringMatching(/^14:0\d/), expect.stringMatching(/^14:2\d/), 'HighLatencyP99 fires (checkout)'],
      ['deploy', '14:18', undefined, 'discount 1.9.1 is deployed'],
    ]);
  });
  test('has the stored answer of each expectation', () => {
    const { expectations, picture, title } = view();
    expect([title, expectations.length > 10, expectations.filter(({ answer }) => answer === undefined), picture?.transcript.output.kind]).toEqual(['Checkout lag', true, [], 'matrix']);
  });
  test('needs no answer of what only live services show', () => {
    edit(FILE, (text) => text.replace('    name: p99\n    signal: metrics\n    visible: true\n    proven: both', '    name: p99\n    signal: metrics\n    visible: true\n    proven: live'));
    rmSync(join(root, P99));
    expect(view().expectations.find(({ block }) => block.name === 'p99')?.answer).toBeUndefined();
  });
  test.each<[string, () => void]>([
    ['is missing', () => rmSync(join(root, P99))],
    ['is stale', () => edit(FILE, (text) => text.replace('expect: value > 0.7', 'expect: value > 0.8'))],
  ])('is refused when an answer %s; a preview goes without', (_what, harm) => {
    harm();
    expect(() => view()).toThrow(UnprovenError);
    expect(() => view()).toThrow(/npm run verify -- --update incidents\/checkout-lag/);
    expect(view(join(root, '.preview')).expectations.find(({ block }) => block.name === 'p99')?.answer).toBeUndefined();
  });
});

describe('the picture', () => {
  test('is four charts on one clock, each with its fault window and its highest value, wide and narrow', () => {
    const html = renderPicture(view());
    expect([...html.matchAll(/<figcaption>(.*?)<span class="highest">(.*?)<\/span>/g)].map(([, title, highest]) => `${title}:${highest}`)).toEqual([
      /^Requests: at most \d\.\d\d a second$/, /^Time that a request takes: at most 2\.\d\d\u00a0s$/, /^Failed requests: at most 0\u00a0%$/, /^Fullest pool of database connections: at most \d+\u00a0%$/,
    ].map((form) => expect.stringMatching(form)));
    expect([html.match(/<svg/g)?.length, html.match(/class="fault"/g)?.length, html.match(/class="moment"/g)?.length]).toEqual([8, 8, 2]);
    expect(html).toContain('Prometheus 3');
  });
  test('is nothing where there is no answer yet', () => {
    rmSync(join(root, 'docs/transcripts/incidents/checkout-lag/picture.json'));
    expect(renderPicture(view(join(root, '.preview')))).toBe('');
  });
});
