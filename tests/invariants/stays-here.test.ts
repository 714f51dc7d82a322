import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', 'harness', 'docs', 'snippets', '.ci', 'astro.config.mjs'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
const programs = tracked.filter((file) => /\.(ts|mjs|astro|css|yaml|yml|json)$|Dockerfile$|^\.ci\/run$/.test(file) && !/package-lock\.json$|^docs\/(?:transcripts|content|rules)\/|^harness\/decisions\//.test(file));

/** An address that is no literal is made of these elsewhere (`${…}`); `…` stands in messages. Only this machine, containers of the run (by their aliases), and names that never resolve (RFC 6761). */
const near = /^(?:127\.0\.0\.1|localhost|\[::1\]|prometheus|alertmanager|loki|jaeger|oncall-bridge|(?:[\w-]+\.)*example|\$\{[^}]*\}?|…)$/;
/** Names of formats: written, never fetched. */
const identifiers = new Set(['json-schema.org', 'json.schemastore.org', 'ns.adobe.com', 'purl.org', 'www.aiim.org', 'www.idpf.org', 'www.w3.org']);

function hostsOf(file: string): string[] {
  const code = read(file).split('\n').filter((line) => !/^\s*(?:\/\/|\*|\/\*|#)/.test(line)).join('\n');
  return [...code.matchAll(/\b(?:https?|wss?|ftp):\/\/([^\s/'"`)>:,]+)/g)].map(([, host]) => host as string);
}

test('there are addresses to look at', () => {
  expect(programs.flatMap(hostsOf).length).toBeGreaterThan(5);
});

test('no program names a host beyond this machine and its containers', () => {
  const far = programs.flatMap((file) => hostsOf(file)
    .filter((host) => !near.test(host) && !identifiers.has(host))
    .map((host) => `${file} names ${host}`));
  expect(far).toEqual([]);
});

// A path alone stays with whoever served the page. The benchmark drives a service that it has started itself, on loopback.
test('only what talks to containers, brings Go or measures sends requests', () => {
  const senders = tracked.filter((file) => /^(?:harness|docs)\/.*\.(?:ts|mjs|astro)$/.test(file) && /\bfetch\((?!'\/)|\bhttps?\.(?:request|get)\(|\bnew (?:WebSocket|EventSource)\(|\bconnect\(\{/.test(read(file)));
  expect(senders.filter((file) => !file.startsWith('harness/backends/') && !file.startsWith('harness/images/sandbox/') && file !== 'harness/bench/telemetry-peers.ts')).toEqual([]);
  expect(hostsOf('harness/bench/telemetry-peers.ts').filter((host) => host !== '127.0.0.1' && !host.startsWith('127.0.0.1:'))).toEqual([]);
});

test('no backend reports its usage to anybody', () => {
  const loki = parse(read('harness/backends/loki/loki.yaml')) as { readonly analytics?: { readonly reporting_enabled?: boolean } };
  expect(loki.analytics?.reporting_enabled).toBe(false);
  const shown = tracked.filter((file) => /^snippets\/.*loki.*\.ya?ml$/.test(file)).map((file) => (parse(read(file)) as typeof loki).analytics?.reporting_enabled);
  expect(shown.filter((enabled) => enabled !== false)).toEqual([]);
});

test('every way to run Astro turns its telemetry off, and npm sends no list of packages to be audited', () => {
  const astro = tracked.filter((file) => /\.(ts|mjs)$/.test(file) && /['"`](?:[^'"`]*\/)?astro(?:\.js|\.mjs)?['"`]/.test(read(file)) && /spawn|execFile|runQuietly/.test(read(file)));
  expect(astro.filter((file) => !read(file).includes('ASTRO_TELEMETRY_DISABLED'))).toEqual([]);
  const npm = tracked.filter((file) => /^harness\/.*\.(ts|mjs)$/.test(file) && /\[?['"]ci['"]/.test(read(file)));
  expect(npm.length).toBeGreaterThan(0);
  expect(npm.filter((file) => !read(file).includes('--no-audit'))).toEqual([]);
});
