import { describe, expect, test } from 'vitest';
import type { Block } from '../../harness/model/block.ts';
import type { TranscriptLock } from '../../harness/model/transcript.ts';
import { datasetsOf, transcriptKey } from '../../harness/parse/index.ts';
import { check } from './check.ts';

const lock: TranscriptLock = {
  formatVersion: 1,
  datasets: {
    lag: { sha256: 'aa', startMs: 0, endMs: 1 },
    healthy: { sha256: 'bb', startMs: 0, endMs: 1 },
  },
  backends: {
    prometheus: { version: '3.1', configSha256: 'cc' },
    loki: { version: '3.2', configSha256: 'dd' },
  },
};
const uses = { datasets: ['lag', 'healthy'], backends: ['prometheus'] };
const block = (source: string): Block => {
  const [found] = check(source).page.blocks;
  if (found === undefined) throw new Error('the page has no block');
  return found;
};
const key = (source: string): string => transcriptKey(block(source), uses, lock);
const base = '```promql name=a at=1:00 title="t"\n#| hidden\nup\n```\n';

describe('transcriptKey', () => {
  test('is 32 hex digits and always the same', () => {
    expect(key(base)).toMatch(/^[0-9a-f]{32}$/);
    expect(key(base)).toBe(key(base));
  });

  test.each([
    ['place on the page', '# Title\n\n- x\n  ```promql name=a at=1:00 title="t"\n  #| hidden\n  up\n  ```\n'],
    ['order of attributes', '```promql title="t" at=1:00 name=a\n#| hidden\nup\n```\n'],
    ['attributes of display', '```promql name=a at=1:00 title="t" {1} ins={2} wrap showLineNumbers\n#| hidden\nup\n```\n'],
    ['spelling of the hidden marker', '```promql name=a at=1:00 title="t"\n//| hidden\nup\n```\n'],
    ['line endings', base.replaceAll('\n', '\r\n')],
  ])('does not depend on %s', (_, source) => {
    expect(key(source)).toBe(key(base));
  });

  test.each([
    ['shown text', base.replace('up', 'down')],
    ['hidden text', base.replace('hidden', 'other')],
    ['which lines are hidden', base.replace('#| ', '')],
    ['language', base.replace('promql', 'logql')],
    ['title', base.replace('"t"', '"u"')],
    ['an attribute', base.replace('1:00', '2:00')],
    ['a bare attribute', base.replace('title', 'empty title')],
  ])('depends on %s', (_, source) => {
    expect(key(source)).not.toBe(key(base));
  });

  test('depends on datasets and backends, not on their order', () => {
    const of = (changed: Partial<TranscriptLock>, used = uses): string => transcriptKey(block(base), used, { ...lock, ...changed });
    const before = of({});
    expect(of({ datasets: { ...lock.datasets, lag: { sha256: 'ab', startMs: 0, endMs: 1 } } })).not.toBe(before);
    expect(of({ backends: { ...lock.backends, prometheus: { version: '3.2', configSha256: 'cc' } } })).not.toBe(before);
    expect(of({ backends: { ...lock.backends, prometheus: { version: '3.1', configSha256: 'ce' } } })).not.toBe(before);
    expect(of({ backends: { ...lock.backends, loki: { version: '9', configSha256: 'x' } } })).toBe(before);
    expect(of({}, { ...uses, datasets: ['healthy', 'lag', 'lag'] })).toBe(before);
    expect(of({}, { ...uses, backends: ['prometheus', 'loki'] })).not.toBe(before);
  });

  test.each([
    [{ datasets: ['none'], backends: [] }, 'The lock has no dataset `none`, which block day-1/page#a uses.'],
    [{ datasets: ['toString'], backends: [] }, 'The lock has no dataset `toString`'],
    [{ datasets: [], backends: ['tempo'] }, 'The lock has no backend `tempo`'],
  ])('throws for what the lock lacks', (wanted, message) => {
    expect(() => transcriptKey(block(base), wanted, lock)).toThrow(message);
  });
});

describe('datasetsOf', () => {
  const names = (meta: string, frontmatter: Record<string, unknown> = { dataset: 'page' }): string[] => datasetsOf(block(`\`\`\`yaml ${meta}\na\n\`\`\`\n`), { frontmatter });

  test('the attribute, or the page’s default', () => {
    expect(names('')).toEqual(['page']);
    expect(names('', {})).toEqual([]);
    expect(names('dataset=lag')).toEqual(['lag']);
    expect(names('', { dataset: 3 })).toEqual([]);
  });

  test('lists split outside parentheses, spaces removed, each once', () => {
    expect(names('dataset="lag( a=1, b=2 ), other" quiet=healthy,lag control=crash')).toEqual(['lag(a=1,b=2)', 'other', 'healthy', 'lag', 'crash']);
    expect(names('quiet=page,page,')).toEqual(['page']);
  });
});
