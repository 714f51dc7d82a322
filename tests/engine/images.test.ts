import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { COMPONENTS } from '../../harness/checkers/collector-config/components.ts';
import { cacheFolder } from '../../harness/backends/engine-cache.ts';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { hashInputs, imageNames, readImageSpec, toolsOf } from '../../harness/backends/engine-specs.ts';
import { SCAN_TOOLS } from '../../harness/model/scan-tools.ts';
import { errorOf, never, root } from './with-engine.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

describe('the images of the course', () => {
  it('leave on this machine, when they are brought, every program that a scan asks', () => {
    expect(imageNames(root).flatMap((name) => toolsOf(readImageSpec(root, name)))).toEqual(expect.arrayContaining([...SCAN_TOOLS]));
  });
  it('are these, those first that others need', () => {
    expect(imageNames(root)).toEqual(['alertmanager', 'alertmanager-0.25', 'jaeger', 'loki', 'otelcol', 'prometheus', 'prometheus-2.42', 'sandbox']);
  });
  it.each(['alertmanager', 'jaeger', 'loki', 'prometheus'])('%s states one version in its reference, its stamp and its module', (name) => {
    const { reference, version, go, programs, folder } = readImageSpec(root, name);
    expect(reference).toMatch(new RegExp(`:v?${version}$`));
    expect(Object.values(go!.stamps).map((stamp) => stamp.replace(/^v/, ''))).toEqual([version]);
    expect(go!.packages.map((path) => path.split('/').at(-1)).sort()).toEqual(Object.keys(programs).sort());
    // In the module file, every package that is built is a tool.
    const module = readFileSync(join(folder, 'go.mod'), 'utf8');
    for (const path of go!.packages) expect(module).toMatch(new RegExp(`(tool|\\t)\\s*${path}$`, 'm'));
  });
  it('otelcol is of one version throughout, in what it is made of and in the Go files made of that', () => {
    const { reference, version, folder } = readImageSpec(root, 'otelcol');
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    const { dist, ...sections } = parse(read('builder.yaml')) as Record<string, { readonly gomod: string }[]> & { readonly dist: { readonly version: string } };
    const modules = Object.values(sections).flat().map(({ gomod }) => gomod);
    expect(modules).toHaveLength(14);
    expect([reference.split(':')[1], dist.version, /Version: +"(.+)"/.exec(read('main.go'))?.[1], ...new Set(modules.map((one) => one.split(' v')[1]))]).toEqual([version, version, version, version]);
    for (const one of modules) {
      expect(read('go.mod')).toContain(`\t${one}\n`);
      expect(read('components.go')).toContain(`"${one}"`);
    }
  });
  it('otelcol has the components that its checker knows', () => {
    const made = readFileSync(join(root, 'harness/images/otelcol/components.go'), 'utf8').match(/^\t\t\w+\.NewFactory\(\),$/gm) ?? [];
    expect(Object.values(COMPONENTS).flat()).toHaveLength(made.length);
  });
  it('are brought together, but for what only some courses need', () => {
    expect(imageNames(root).filter((name) => readImageSpec(root, name).onDemand === true)).toEqual(['otelcol']);
  });
});

describe('the sandbox', () => {
  it('goes by what it is made of, so that two clones which differ in it do not take turns in building it', () => {
    const copy = mkdtempSync(join(tmpdir(), 'course-images-'));
    const nameIn = (folder: string): string => readImageSpec(folder, 'sandbox').reference;
    try {
      cpSync(join(root, 'harness/images'), join(copy, 'harness/images'), { recursive: true, filter: (path) => !path.includes('node_modules') });
      expect(nameIn(copy)).toBe(nameIn(root));
      expect(nameIn(root)).toMatch(/^observability-course\/sandbox:12-[0-9a-f]{12}$/);
      writeFileSync(join(copy, 'harness/images/sandbox/runner/process.ts'), '// other\n');
      expect(nameIn(copy)).not.toBe(nameIn(root));
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});

/** A course of two images: a Go program without dependencies, and one that is never brought, so that Go's caches stay. */
let course: string;
let cache: string;
const previousCache = process.env['XDG_CACHE_HOME'];
const reference = 'course-test/tiny:1';

beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'course-cache-'));
  process.env['XDG_CACHE_HOME'] = cache;
});
afterAll(async () => {
  if (previousCache === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = previousCache;
  rmSync(cache, { recursive: true, force: true });
  await forget();
});
beforeEach(async () => {
  course = mkdtempSync(join(tmpdir(), 'course-images-'));
  cpSync(join(import.meta.dirname, 'tiny'), join(course, 'harness', 'images', 'tiny'), { recursive: true });
  cpSync(join(import.meta.dirname, 'tiny'), join(course, 'harness', 'images', 'other'), { recursive: true });
  writeFileSync(join(course, 'harness/images/other/image.json'), readFileSync(join(import.meta.dirname, 'tiny/image.json'), 'utf8').replace('tiny:1', 'other:1'));
  await forget();
  return () => rmSync(course, { recursive: true, force: true });
});

async function docker() {
  return (await connectEngine(() => undefined)).container.dockerode;
}
async function forget(): Promise<void> {
  await (await docker()).getImage(reference).remove({ force: true }).catch(() => undefined);
}
async function imageOf(): Promise<{ readonly id: string; readonly inputs: string | undefined }> {
  const { Id, Config } = await (await docker()).getImage(reference).inspect();
  return { id: Id, inputs: Config.Labels?.['course.inputs'] };
}
/** As another process would: nothing is remembered from before. */
async function bring(signal = never): Promise<readonly string[]> {
  vi.resetModules();
  const { ensureImage } = await import('../../harness/backends/engine-images.ts');
  const lines: string[] = [];
  await ensureImage(course, 'tiny', (line) => lines.push(line), signal);
  return lines;
}

describe('an image that no registry has', () => {
  it('is built, says so, is labelled with its inputs, and is not built again', async () => {
    const lines = await bring();
    const said = [/cannot be pulled .*: building it instead$/, /^building needs up to \d+ GB of disk /, /^tiny: building tiny 1\.2\.3 from source /, /^tiny: built course-test\/tiny:1 in \d+/];
    expect(lines.filter((line) => said.some((pattern) => pattern.test(line)))).toEqual(said.map((pattern) => expect.stringMatching(pattern)));
    const built = await imageOf();
    expect(built.inputs).toBe(hashInputs(course, 'tiny'));
    expect(existsSync(cacheFolder('stage', 'tiny'))).toBe(false);
    expect(await bring()).toEqual([]);
    expect(await imageOf()).toEqual(built);
  });

  it('is built again when an input has changed', async () => {
    await bring();
    const before = await imageOf();
    writeFileSync(join(course, 'harness/images/tiny/main.go'), 'package main\n\nfunc main() { println("changed") }\n');
    await bring();
    expect((await imageOf()).inputs).not.toBe(before.inputs);
  });

  it('says which line of its source was wrong', async () => {
    writeFileSync(join(course, 'harness/images/tiny/main.go'), 'package main\n\nfunc main() { nonsense() }\n');
    const error = await errorOf(bring());
    expect(error.code).toBe('image-not-built');
    expect(error.logTail).toContain('main.go:3:15: undefined: nonsense');
  });

  it('is not there after a build was cancelled, and is whole after the next one', async () => {
    const cancel = new AbortController();
    setImmediate(() => cancel.abort());
    expect((await errorOf(bring(cancel.signal))).code).toBe('cancelled');
    await expect(imageOf()).rejects.toThrow(/no such image/i);
    await bring();
    expect((await imageOf()).inputs).toBe(hashInputs(course, 'tiny'));
  });

  it('is taken up after a build was killed', async () => {
    const killed = spawn(process.execPath, [join(import.meta.dirname, 'build-and-tell.ts'), course], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const chunk of killed.stdout) if (String(chunk).includes('from source')) break;
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(existsSync(cacheFolder('images.lock'))).toBe(true);
    await bring();
    expect((await imageOf()).inputs).toBe(hashInputs(course, 'tiny'));
  });

  it('is left out, and not waited for, where only some courses need it', async () => {
    const spec = join(course, 'harness/images/other/image.json');
    writeFileSync(spec, JSON.stringify({ ...JSON.parse(readFileSync(spec, 'utf8')) as object, onDemand: true }));
    vi.resetModules();
    const { bringImages } = await import('../../harness/backends/engine-images.ts');
    const lines: string[] = [];
    await bringImages(course, 'all', (line) => lines.push(line), never);
    expect(lines.join('\n')).not.toContain('other');
    expect((await imageOf()).inputs).toBe(hashInputs(course, 'tiny'));
    expect(lines.at(-1)).toMatch(/^all images are built: removed Go's caches/);
  });

  it('takes Go\'s caches away with it when it is the last one', async () => {
    rmSync(join(course, 'harness/images/other'), { recursive: true });
    expect((await bring()).at(-1)).toMatch(/^all images are built: removed Go's caches/);
    expect(existsSync(cacheFolder('go'))).toBe(false);
  });
});
