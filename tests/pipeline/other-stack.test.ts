import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { ensureImage } from '../../harness/backends/engine-images.ts';
import { readImageSpec } from '../../harness/backends/engine-specs.ts';
import { makeCourse, repository, type Finished, type SmallCourse } from '../support/course.ts';

const PAGE = `---
title: Other stack
description: Two queries, one of which another version would answer otherwise.
dataset: healthy
---

\`\`\`promql name=same expect="count > 0"
count(up)
\`\`\`

\`\`\`promql name=other
count(up) + 1
\`\`\`

\`\`\`promql name=ignored ignore reason="later" until=2099-01-01
up
\`\`\`
`;
const { reference } = readImageSpec(repository, 'prometheus');
const repo = reference.slice(0, reference.lastIndexOf(':'));
/** The pinned image under a name of our own: the same answers, as far as it goes. */
const TAG = `v0.0.1-test-${process.pid}`;

let course: SmallCourse;
let stored: Record<string, string>;
let verified: Finished;
const files = (): Record<string, string> => Object.fromEntries(['docs/transcripts', '.cache'].flatMap((folder) => readdirSync(join(course.root, folder), { recursive: true, encoding: 'utf8' })
  .map((name) => join(folder, name)).filter((name) => statSync(join(course.root, name)).isFile()).map((name) => [name, readFileSync(join(course.root, name), 'utf8')])));

beforeAll(async () => {
  const { container: { dockerode } } = await connectEngine(() => {});
  await ensureImage(repository, 'prometheus', () => {}, new AbortController().signal);
  await dockerode.getImage(reference).tag({ repo, tag: TAG });
  course = makeCourse({ stack: PAGE });
  await course.run(['verify', '--update']);
  // As if another version had answered: what it says now is not what was stored, and every key is of another time.
  for (const name of ['same', 'other']) {
    const file = `docs/transcripts/stack/${name}.json`;
    const transcript = JSON.parse(readFileSync(join(course.root, file), 'utf8')) as { key: string; output: { samples: { value: string }[] } };
    transcript.key = 'f'.repeat(32);
    if (name === 'other') (transcript.output.samples[0] as { value: string }).value = '42';
    course.write(file, JSON.stringify(transcript));
  }
  stored = files();
  verified = await course.run(['verify', '--stack', `prometheus=${TAG}`, '--report', 'json=report.json', '--report', 'terminal']);
}, 180_000);
afterAll(async () => {
  const { container: { dockerode } } = await connectEngine(() => {});
  await dockerode.getImage(`${repo}:${TAG}`).remove();
  course[Symbol.dispose]();
});

describe('verify --stack', () => {
  test('tells which answers would change, and how; what they were made from does not count', () => {
    expect(verified.code, verified.stdout + verified.stderr).toBe(1);
    const report = JSON.parse(readFileSync(join(course.root, 'report.json'), 'utf8')) as { stack: Record<string, { version: string }>; pageDiagnostics: object[]; blocks: { id: string; verdict: string; depth: string; diagnostics: { ruleId: string; message: string }[] }[] };
    expect(report.blocks.map(({ id, verdict, depth }) => [id, verdict, depth])).toEqual([['stack#same', 'passed', 'compared'], ['stack#other', 'failed', 'ran'], ['stack#ignored', 'skipped', 'parsed']]);
    expect(report.pageDiagnostics).toEqual([]);
    const [found] = report.blocks[1]?.diagnostics ?? [];
    expect(found?.ruleId).toBe('transcript/changed');
    expect(found?.message).toMatch(new RegExp(`^Found another answer of "other" under prometheus ${TAG}, expected the stored one \\(- stored, \\+ under prometheus ${TAG}\\):\\n[\\s\\S]*-.*"42"[\\s\\S]*\\+.*"value":"\\d+"[\\s\\S]*\\nNothing was written\\.`));
    expect(report.stack['prometheus']?.version).toBe(TAG.slice(1));
  });

  test('writes and remembers nothing', () => {
    expect(files()).toEqual(stored);
  });

  test('where the image is neither here nor to be had says how to bring it, and what was found besides', async () => {
    const { code, stdout } = await course.run(['verify', '--stack', 'prometheus=v0.0.0-nowhere'], { env: { NO_COLOR: '1' } });
    expect(code).toBe(2);
    expect(stdout).toContain(`Found no image ${repo}:v0.0.0-nowhere, neither on this machine nor in a registry that answers.`);
    expect(stdout).toContain(`docker pull ${repo}:v0.0.0-nowhere`);
  });
});

describe('the command line', () => {
  test.each([
    [['verify', '--stack', 'prometheus=v3', '--update'], '--stack only says what would change, and writes nothing'],
    [['check', '--stack', 'prometheus=v3'], '--stack belongs to verify'],
    [['verify', '--stack', 'prometheus'], 'expected an image and its tag'],
    [['verify', '--stack', 'prometheus=a b'], 'expected an image and its tag'],
    [['verify', '--stack', 'grafana=1'], '--stack knows no "grafana"; there are: alertmanager (now v'],
    [['verify', '--stack', 'sandbox=12'], '--stack knows no "sandbox"'],
    [['verify', '--shard', '1/2', '--update'], '--update belongs to a run in one piece'],
    [['verify', '--shard', '3/2'], 'expected a part and how many there are'],
  ])('%j is refused before anything is run', async (args, words) => {
    const { code, stderr, stdout } = await course.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});
