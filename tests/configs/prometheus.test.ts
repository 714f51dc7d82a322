import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prometheusConfig } from '../../harness/backends/prometheus-config.ts';
import { findNamedFiles } from '../../harness/backends/configuration/files.ts';
import type { BackendContext } from '../../harness/model/backend.ts';
import { inspect } from '../engine/with-engine.ts';
import { makeBlock } from '../rules/support.ts';
import { configurationOf, openContext, root, runConfigs, saidOf, signal } from './run-configs.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await openContext(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

const makeConfig = (name: string, text: string) => makeBlock(text, { name }, { title: 'prometheus.yml', page: `day-1/${name}` });
const makeRules = (name: string, title: string, page: string) => makeBlock(`groups:
  - name: ${name}
    interval: 1m
    rules:
      - record: ${name}:rate
        expr: rate(x_total[5m])
      - alert: ${name}High
        expr: ${name}:rate > 1`, { name }, { title, page });

const shop = makeConfig('shop', `global: {scrape_interval: 20s}
rule_files: ['rules/own-*.rules.yml']
alerting: {alertmanagers: [{static_configs: [{targets: ['alertmanager:9093']}]}]}
scrape_configs:
  - job_name: web
    metrics_path: /stats
    static_configs: [{targets: ['b:80', 'a:80'], labels: {service: web}}]
    relabel_configs: [{source_labels: [__address__], regex: 'b:.*', action: drop}]
  - job_name: files
    scrape_timeout: 5s
    file_sd_configs: [{files: ['targets/*.json']}]`);
const targets = makeBlock('[{"targets": ["c:90"], "labels": {"zone": "eu"}}]', { name: 'targets' }, { title: 'shop.json', page: 'day-1/shop' });

describe('a configuration of Prometheus', () => {
  it('is loaded with the files that it names, and says what it makes of it, with the same bytes each time', async () => {
    const again = { ...shop, id: 'day-1/shop#again' as typeof shop.id, name: 'again' };
    const broken = makeConfig('broken', `rule_files: ['rules/twice.rules.yml']`);
    const empty = makeConfig('empty', 'global: {}');
    const missing = makeConfig('missing', `rule_files: ['rules/chekout.rules.yml']`);
    const twice = makeBlock('groups: [{name: a, rules: []}, {name: a, rules: []}]', { name: 'twice' }, { title: 'twice.rules.yml', page: 'day-1/broken' });
    const results = await runConfigs(prometheusConfig, context, [shop, again, broken, empty, missing], [makeRules('own', 'own-1.rules.yml', 'day-1/shop'), targets, twice]);
    expect(configurationOf(results.get('shop'))).toEqual({
      kind: 'configuration',
      jobs: [
        { job: 'web', interval: '20s', timeout: '10s', targets: [{ url: 'http://a:80/stats', labels: { instance: 'a:80', job: 'web', service: 'web' } }], dropped: 1 },
        { job: 'files', interval: '20s', timeout: '5s', targets: [{ url: 'http://c:90/metrics', labels: { instance: 'c:90', job: 'files', zone: 'eu' } }], dropped: 0 },
      ],
      ruleGroups: [{ file: 'rules/own-1.rules.yml', name: 'own', interval: '60s', rules: [{ kind: 'record', name: 'own:rate' }, { kind: 'alert', name: 'ownHigh' }] }],
      alertmanagers: ['http://alertmanager:9093/api/v2/alerts'],
    });
    expect(JSON.stringify(results.get('again')?.output)).toBe(JSON.stringify(results.get('shop')?.output));
    expect(configurationOf(results.get('empty'))).toEqual({ kind: 'configuration', jobs: [], ruleGroups: [], alertmanagers: [] });
    expect(saidOf(results.get('broken'))).toEqual([expect.stringMatching(/^does-not-start: Prometheus does not start with this file: .*groupname: "a" is repeated in the same file.* Correct it here, or in the file that it names\.$/)]);
    expect(saidOf(results.get('missing'))).toEqual([expect.stringMatching(/^missing-file: Found `rules\/chekout\.rules\.yml`, and nothing has that name/)]);
  }, 120_000);

  it('reaches nothing beyond its own network, not even a resolver', async () => {
    await using internal = await context.engine.network({ internal: true });
    await using ordinary = await context.engine.network();
    const request = { image: 'prometheus', offline: true, aliases: ['alone'], ports: [], command: ['--config.file=/etc/prometheus/prometheus.yml'], files: [{ path: '/etc/prometheus/prometheus.yml', content: 'global: {}\n' }] } as const;
    await using server = await context.engine.start({ ...request, networks: [internal] }, signal);
    // By address, since a name would only time out. Names are asked of a resolver to which no route leads.
    const asked = await server.exec(['/bin/promtool', 'query', 'instant', 'http://192.0.2.1:80', 'up'], signal);
    expect(asked.stderr).toMatch(/no route to host|network is unreachable/);
    const { HostConfig, NetworkSettings } = await inspect(server.id);
    expect(HostConfig.Dns).toEqual(['192.0.2.53']);
    expect(Object.keys(NetworkSettings.Networks)).toEqual([internal.name]);
    await expect(context.engine.start({ ...request, networks: [ordinary] }, signal)).rejects.toThrow('An offline container joins internal networks only');
    await expect(context.engine.start(request, signal)).rejects.toThrow('at least one');
  }, 60_000);
});

describe('findNamedFiles', () => {
  const config = makeConfig('page', `rule_files: ['rules/checkout.rules.yml']`);
  const namesOf = (blocks: Parameters<typeof findNamedFiles>[1]) => findNamedFiles(config, blocks, root).files.map(({ path, content }) => `${path} ${/name: (\S+)/.exec(content)?.[1]}`);
  it('takes a file that its page writes out before the one of the stack, and that before other pages', () => {
    const own = makeRules('own', 'checkout.rules.yml', 'day-1/page');
    const other = makeRules('other', 'checkout.rules.yml', 'day-1/other');
    expect(namesOf([other, own])).toEqual(['/etc/prometheus/rules/checkout.rules.yml own']);
    expect(namesOf([other])).toEqual(['/etc/prometheus/rules/checkout.rules.yml checkout']);
    const elsewhere = makeConfig('page', `rule_files: ['rules/other.rules.yml']`);
    expect(findNamedFiles(elsewhere, [{ ...other, title: 'other.rules.yml' }], root).files.map(({ path }) => path)).toEqual(['/etc/prometheus/rules/other.rules.yml']);
    expect(findNamedFiles(elsewhere, [{ ...other, title: 'else.rules.yml' }], root).missing).toEqual(['rules/other.rules.yml']);
  });
});
