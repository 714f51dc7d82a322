import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lokiConfig } from '../../harness/backends/loki-config.ts';
import { readRefusal } from '../../harness/backends/loki-config/start.ts';
import type { BackendContext } from '../../harness/model/backend.ts';
import { makeBlock } from '../rules/support.ts';
import { openContext, runConfigs, saidOf, trialOf } from './run-configs.ts';

const stack = new AsyncDisposableStack();
let context: BackendContext;
beforeAll(async () => { context = await openContext(stack); }, 120_000);
afterAll(() => stack.disposeAsync());

const whole = `auth_enabled: false
server: {http_listen_port: 3200, http_path_prefix: /logs}
common:
  path_prefix: /loki
  storage: {filesystem: {chunks_directory: /loki/chunks, rules_directory: /loki/rules}}
  replication_factor: 1
  ring: {kvstore: {store: inmemory}}
schema_config:
  configs: [{from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}]
`;
const makeConfig = (name: string, text: string) => makeBlock(text, { name }, { title: 'loki.yaml', page: `day-1/${name}` });

describe('a configuration of Loki', () => {
  it('is started with, takes lines, finds them again and says what is in force, with the same bytes each time', async () => {
    const blocks = [
      makeConfig('whole', whole), makeConfig('again', whole),
      // -verify-config takes it.
      makeConfig('memberless', whole.replace('ring: {kvstore: {store: inmemory}}', 'ring: {kvstore: {store: etdc}}')),
      makeConfig('narrow', `${whole}limits_config: {max_label_value_length: 3}\n`),
    ];
    const results = await runConfigs(lokiConfig, context, blocks, []);
    const output = trialOf(results.get('whole'));
    expect(output.deliveries).toEqual([{
      signal: 'logs', given: '2 lines pushed as {service_name="checkout"}', at: 'asked {service_name="checkout"}',
      found: [
        '{detected_level="error", service_name="checkout"} {"level":"error","event":"payment_failed","order_id":"o-2"}',
        '{detected_level="info", service_name="checkout"} {"level":"info","event":"order_completed","order_id":"o-1"}',
      ],
    }]);
    expect(output.settings).toEqual([
      { name: 'auth_enabled', value: 'false' }, { name: 'schema_config', value: 'from 2024-01-01: tsdb v13 on filesystem' }, { name: 'common.replication_factor', value: '1' },
      { name: 'compactor.retention_enabled', value: 'false' }, { name: 'limits_config.retention_period', value: '0s' }, { name: 'limits_config.reject_old_samples_max_age', value: '1w' },
      { name: 'limits_config.ingestion_rate_mb', value: '4' }, { name: 'limits_config.per_stream_rate_limit', value: '3MB' }, { name: 'limits_config.max_label_names_per_series', value: '15' },
      { name: 'limits_config.allow_structured_metadata', value: 'true' },
    ]);
    expect(JSON.stringify(results.get('again')?.output)).toBe(JSON.stringify(output));
    expect(saidOf(results.get('narrow'))).toEqual([expect.stringMatching(/^refuses-lines: Loki starts with this file and refuses two lines of the stream .* It answered 400: .*label value too long.* Correct the limits or the storage here\.$/)]);
    expect(saidOf(results.get('memberless'))).toEqual([expect.stringMatching(/^does-not-start: Loki does not start with this file: invalid KV store type: etdc; error initialising module: ring\. Correct it here\.$/)]);
    const [finding] = results.get('memberless')?.findings ?? [];
    expect(finding?.block.text.slice(finding.range.offset, finding.range.offset + finding.range.length)).toBe('etdc');
  }, 300_000);
});

describe('readRefusal', () => {
  it.each([
    ['level=error caller=log.go:223 msg="error running loki" err="mkdir /srv: permission denied\\nerror creating index client"', 'mkdir /srv: permission denied; error creating index client'],
    ['msg="error running loki" err="invalid KV store type: etdc\\nerror initialising module: ring\\ngithub.com/grafana/dskit/modules.(*Manager).initModule\\n\\tgithub.com/grafana/dskit@v0/modules.go:138\\nmain.main\\nruntime.goexit\\n\\truntime/asm.s:1771"', 'invalid KV store type: etdc; error initialising module: ring'],
    ['panic: runtime error: index out of range [0] with length 0\n\ngoroutine 1', 'runtime error: index out of range [0] with length 0'],
    ['level=warn msg="experimental feature in use"', undefined],
  ])('%s', (log, said) => expect(readRefusal(log)).toBe(said));
});
