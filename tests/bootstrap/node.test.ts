import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { FakeClone } from './fake-clone.ts';

const folder = resolve(import.meta.dirname, '../../harness/bootstrap');

/** The bootstrap is plain JavaScript without types: it is asked from outside, as it is used. */
function evaluate(expression: string, env: Readonly<Record<string, string>> = {}): unknown {
  const source = `import * as node from ${JSON.stringify(join(folder, 'node.mjs'))}; console.log(JSON.stringify(await (${expression})));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', env: { ...process.env, ...env } }));
}

it.each([
  ['v20.20.2', false], ['v22.22.0', false], ['v24.14.9', false], ['v24.15.0', true], ['v24.21.0', true],
  ['v25.0.0', true], ['v26.3.1', true], ['v27.0.0', false],
])('%s is recent: %s', (version, recent) => {
  expect(evaluate(`node.isRecent('${version}')`)).toBe(recent);
});

it('brings the pinned Node into the cache when this one is too old, once', () => {
  using clone = new FakeClone();
  const name = `node-${process.platform}-${process.arch}`;
  clone.program('npm', `
/bin/mkdir -p node_modules/${name}/bin
echo '{"version": "24.21.0"}' > node_modules/${name}/package.json
echo binary > node_modules/${name}/bin/node
echo "$*" >> "$HOME/npm.log"`);
  const env = { PATH: `${join(clone.root, 'bin')}:/bin`, HOME: clone.root, XDG_CACHE_HOME: join(clone.root, 'cache') };
  const asOldNode = "(Object.defineProperty(process, 'version', { value: 'v20.20.2' }), node.ensureNode())";
  const expected = join(clone.root, 'cache/observability-course/node/node_modules', name, 'bin/node');
  expect(evaluate(asOldNode, env)).toMatchObject({ path: expected });
  expect(evaluate(asOldNode, env)).toMatchObject({ path: expected });
  expect(clone.read('npm.log')).toBe('ci --ignore-scripts --no-audit --no-fund\n');
});

it.each(['package-lock.json', 'harness/bootstrap/node/package-lock.json', 'harness/images/sandbox/package-lock.json'])('npm ci takes %s: no optional package lacks an entry (complete-lock.mjs adds them)', (file) => {
  const source = `import { readFileSync } from 'node:fs'; import { findMissing } from ${JSON.stringify(join(folder, 'complete-lock.mjs'))};
    console.log(JSON.stringify(findMissing(JSON.parse(readFileSync(${JSON.stringify(resolve(folder, '../..', file))}, 'utf8')))));`;
  expect(JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' }))).toEqual([]);
});
