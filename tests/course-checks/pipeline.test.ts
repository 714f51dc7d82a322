import { expect, test } from 'vitest';
import { makeCourse } from '../support/course.ts';

const page = (title: string, body: string): string => `---\ntitle: ${title}\ndescription: Of a small course.\n---\n\n${body}\n`;
const defining = (alert: string): string => page('Defining', `\`\`\`yaml title="pool.rules.yml" no_run
groups:
  - name: pool
    rules:
      - alert: ${alert}
        expr: db_pool_requests_waiting > 0
        labels: { severity: ticket }
        annotations: { runbook_url: /runbooks/checkout-slow/ }
\`\`\``);
const asking = page('Asking', '```sh no_run\namtool alert query alertname=PoolQueue\n```');
const lines = (text: string, words: string): number => text.split('\n').filter((line) => line.includes(words)).length;

test('a page that passed, and is remembered, fails when another one moves from where it links to', async () => {
  using course = makeCourse({ 'first-aid': page('First aid', 'Ask who waits.'), defining: defining('PoolQueue').replace('/runbooks/checkout-slow/', '/first-aid/') });
  expect(await course.run(['check'])).toMatchObject({ code: 0 });
  course.write('docs/content/docs/first-aid.mdx', page('First aid', 'Ask who waits.').replace('title:', 'slug: first-aids\ntitle:'));
  const { code, stdout } = await course.run(['check', 'defining']);
  expect(code).toBe(1);
  expect(stdout).toContain('course/dead-runbook');
  expect(stdout).toContain('--> docs/content/docs/defining.mdx:13:37');
  expect(stdout).toContain('--> docs/content/docs/first-aid.mdx:3:1');
  expect(stdout).toMatch(/1 block: 1 failed/);
});

test('whoever renames an alert hears so from the page that was edited, once in a run of all', async () => {
  using course = makeCourse({ asking, defining: defining('PoolQueues') });
  const [one, all] = await Promise.all([course.run(['check', '--no-cache', 'defining']), course.run(['check', '--no-cache'])]);
  expect(one.code).toBe(1);
  expect(one.stdout).toContain('--> docs/content/docs/defining.mdx:10:16');
  expect(one.stdout).toContain('--> docs/content/docs/asking.mdx:7:30');
  expect(lines(all.stdout, 'error course/undefined-alert')).toBe(1);
  expect(all.stdout).toMatch(/2 blocks: 1 passed, 1 failed/);
});

test('shards together tell it once', async () => {
  using course = makeCourse({ asking, defining: defining('PoolQueues') });
  const shards = await Promise.all(['1/2', '2/2'].map((shard) => course.run(['check', '--no-cache', '--shard', shard])));
  expect(lines(shards.map(({ stdout }) => stdout).join('\n'), 'error course/undefined-alert')).toBe(1);
});

test('a block that is ignored agrees with nobody, and nobody with it', async () => {
  using course = makeCourse({ asking: asking.replace('no_run', 'no_run ignore reason="the name of the release before" until=2099-01-01'), defining: defining('PoolQueues') });
  expect(await course.run(['check'])).toMatchObject({ code: 0 });
});

test.each([
  ['ts', "import { Counter } from 'prom-client';\nexport const jobs = new Counter({ name: 'jobs_done_total', help: 'x' });", '8:42'],
  ['python', 'from prometheus_client import Counter\n\njobs = Counter("jobs_done", "x")', '9:17'],
])('a query of a live block in %s that names what it does not expose shows where that is declared', async (language, code, declared) => {
  using course = makeCourse({ live: page('Live', `\`\`\`${language} name=service scrapes=1\n${code}\n\`\`\`\n\n\`\`\`promql name=asked continues=service\njobs_don_total\n\`\`\``) });
  const { code: exit, stdout } = await course.run(['check']);
  expect(exit).toBe(1);
  expect(stdout).toContain('promql/unknown-metric Found `jobs_don_total`');
  expect(stdout).toContain('is declared here');
  expect(stdout).toContain(`--> docs/content/docs/live.mdx:${declared}`);
});

test('a route for an alert that no rule defines shows the rule that it most likely means, on whatever page', async () => {
  const routing = page('Routing', `\`\`\`yaml title="alertmanager.yml" no_run
route:
  receiver: tickets
  routes:
    - matchers: [alertname = PoolQueu]
      receiver: tickets
receivers:
  - name: tickets
\`\`\``);
  using course = makeCourse({ routing, defining: defining('PoolQueue') });
  const { code, stdout } = await course.run(['check', 'routing']);
  expect(code).toBe(1);
  expect(stdout).toContain('alertmanager-config/unknown-alert');
  expect(stdout).toContain('--> docs/content/docs/routing.mdx:10:30');
  expect(stdout).toContain('--> docs/content/docs/defining.mdx:10:16');
});
