import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HarnessError } from '../../harness/model/verdict.ts';
import { presentTools } from '../../harness/scan-command.ts';
import { runScan } from '../../harness/scan/command.ts';
import type { Loader } from '../../harness/scan/model.ts';
import { runEach } from '../../harness/scan/programs.ts';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
let out: string;
let err: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-run-'));
  [out, err] = ['', ''];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (openLoader: () => Promise<Loader>, ...argv: string[]): Promise<number> => runScan(argv, {
  root, folder, tool: presentTools(root), color: false, write: (text) => { out += text; }, warn: (text) => { err += text; }, signal: new AbortController().signal, openLoader,
});
/** A server that refuses what has a word in it, and says so. */
const refusing = (word: string, said: string, seen: string[] = []): (() => Promise<Loader>) => async () => ({
  kinds: ['prometheus-config', 'rules', 'alertmanager-config', 'loki-config', 'collector-config'],
  load: async (_, texts) => texts.map((text) => {
    seen.push(text);
    return text.includes(word) ? said : undefined;
  }),
  [Symbol.asyncDispose]: async () => {},
});
const write = (text: string): void => writeFileSync(join(folder, 'a.md'), text);
const blocks = (): readonly { readonly verdict: string; readonly depth: string; readonly reason?: string; readonly diagnostics: readonly { readonly ruleId: string; readonly message: string }[] }[] =>
  (JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8')) as { readonly blocks: ReturnType<typeof blocks> }).blocks;
const CONFIG = (name: string): string => `\`\`\`yaml\nscrape_configs:\n  - job_name: ${name}\n\`\`\`\n\n`;

test('what its server loads has run; what it refuses has failed, in its words', async () => {
  write(`${CONFIG('sound')}${CONFIG('odd')}`);
  expect(await run(refusing('odd', 'odd is not allowed'), 'a.md', '--run', '--report', 'json=a.json')).toBe(1);
  expect(blocks()).toMatchObject([{ verdict: 'passed', depth: 'ran' }, { verdict: 'failed', diagnostics: [{ ruleId: 'scan/does-not-load' }] }]);
  expect(out).toContain('odd is not allowed');
});

test('a file that it names and nobody has proves nothing', async () => {
  write(CONFIG('odd'));
  expect(await run(refusing('odd', 'unable to read CA cert: open /etc/ca.pem: no such file or directory'), 'a.md', '--run', '--report', 'json=a.json')).toBe(0);
  expect(blocks()).toMatchObject([{ verdict: 'unknown', reason: expect.stringContaining('names a file') }]);
});

test('what was refused before, or has something left out, is not shown to a server', async () => {
  const seen: string[] = [];
  write('```yaml\nscrape_configs:\n  - job_name: <name>\n```\n\n```yaml\nscrape_configs:\n  - job: wrong\n```\n\n```sh\necho hello\n```\n');
  await run(refusing('odd', '', seen), 'a.md', '--run');
  expect(seen).toEqual([]);
});

const LOKI = 'auth_enabled: false\ncommon: { path_prefix: /loki }\nschema_config:\n  configs:\n    - { from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: index_, period: 24h } }\n';
const COLLECTOR = 'receivers:\n  otlp: { protocols: { http: } }\nexporters:\n  debug:\nservice:\n  pipelines:\n    traces: { receivers: [otlp], exporters: [debug] }\n';
const yaml = (...texts: readonly string[]): string => texts.map((text) => `\`\`\`yaml\n${text}\`\`\`\n\n`).join('');

test('whole files of Loki and the Collector are loaded; parts are not, since with what is added they are other files', async () => {
  const seen: string[] = [];
  write(yaml(LOKI, 'limits_config:\n  retention_period: 744h\n  reject_old_samples: true\n', COLLECTOR, 'receivers:\n  otlp: { protocols: { grpc: } }\nexporters:\n  debug:\n'));
  expect(await run(refusing('odd', '', seen), 'a.md', '--run', '--report', 'json=a.json')).toBe(0);
  expect(seen.sort()).toEqual([LOKI, COLLECTOR].map((text) => text.trimEnd()));
  expect(blocks().map(({ verdict, depth }) => `${verdict} ${depth}`)).toEqual(['passed ran', expect.stringMatching(/^passed (?:checked|parsed)$/), 'passed ran', 'passed parsed']);
});

test.each([
  ['after 30 s it still answers 503 (Ingester not ready) on /ready', 'needs something beyond it'],
  ['failed to create memberlist: no private IP address found', 'needs something beyond it'],
  ["error decoding 'receivers': unknown type: \"kafka\" for id: \"kafka\"", 'has only some of the components'],
  ['mkdir /mnt/loki: read-only file system', 'names a file that is not here'],
])('%s: that proves nothing', async (said, reason) => {
  write(yaml(COLLECTOR));
  expect(await run(refusing('otlp', said), 'a.md', '--run', '--report', 'json=a.json')).toBe(0);
  expect(blocks()).toMatchObject([{ verdict: 'unknown', reason: expect.stringContaining(reason) }]);
});

test('what only the Collector itself refuses has failed, in its words', async () => {
  write(yaml(COLLECTOR));
  expect(await run(refusing('otlp', "'exporters' error reading configuration for \"debug\": 'verbosity' unknown"), 'a.md', '--run', '--report', 'json=a.json')).toBe(1);
  expect(blocks()).toMatchObject([{ verdict: 'failed', diagnostics: [{ ruleId: 'scan/does-not-load', message: expect.stringContaining('error reading configuration') }] }]);
});

test('rules alone are loaded as a file of rules, and parts of a routing as a whole one', async () => {
  const seen: string[] = [];
  write('```yaml\n- alert: A\n  expr: up == 0\n```\n\n```yaml\nroute:\n  receiver: team\n```\n');
  expect(await run(refusing('odd', '', seen), 'a.md', '--run')).toBe(0);
  expect(seen.map((text) => /groups:|receivers:/.exec(text)?.[0]).sort()).toEqual(['groups:', 'receivers:']);
});

test('without an engine it says so, judges all the same, and ends with 2', async () => {
  write('```json\n{"a": 1}\n```\n');
  expect(await run(() => Promise.reject(new HarnessError('engine-missing', 'no container engine answers')), 'a.md', '--run')).toBe(2);
  expect(out).toContain('no container engine answers');
  expect(out).toContain('1 sample');
});

test('without --run no engine is asked', async () => {
  write(CONFIG('sound'));
  expect(await run(() => Promise.reject(new Error('asked')), 'a.md')).toBe(0);
});

test('a program that is ended before its turn has not taken anything', async () => {
  expect(await runEach('sh', 'cat "$f"; (exit 3)', ['one', 'two'], new AbortController().signal)).toEqual([{ code: 3, said: 'one' }, { code: 3, said: 'two' }]);
  await expect(runEach('sh', 'exit 3', ['one', 'two'], new AbortController().signal)).rejects.toThrow('was not done with 2 texts');
});
