import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectEngine } from '../../harness/backends/engine-client.ts';
import { shell } from '../../harness/backends/shell.ts';
import { startWorld } from '../../harness/backends/shell/world.ts';
import type { RunResult } from '../../harness/model/backend.ts';
import type { ProcessOutput } from '../../harness/model/transcript.ts';
import { smallDataset } from '../checkers/small-dataset.ts';
import { makeBlock } from './block.ts';
import { openContext, signal } from './engine.ts';

/** With ids as a real Jaeger wants them. */
const dataset = { ...smallDataset, traces: smallDataset.traces.map((trace) => trace.map((span, index) => ({ ...span, traceId: '1'.repeat(32), spanId: String(index + 1).repeat(16) }))) };
const at = { at: '14:01' };
/** Prints the addresses at which somebody takes a connection; all are tried at once. */
const KNOCK = `import socket, sys, threading
def knock(address):
    host, port = address.split(':')
    try:
        socket.create_connection((host, int(port)), 3).close()
        print(address)
    except OSError:
        pass
threads = [threading.Thread(target=knock, args=(address,)) for address in sys.argv[1:]]
for thread in threads: thread.start()
for thread in threads: thread.join()`;
const count = "curl -s localhost:9090/api/v1/query --data-urlencode 'query=count({__name__=~\".+\"})' | jq -r '.data.result[0].value[1]'\ncurl -sG localhost:3100/loki/api/v1/query --data-urlencode 'query=sum(count_over_time({service=~\".+\"}[1h]))' | jq -r '.data.result[0].value[1]'\ncurl -s localhost:16686/api/services | jq -c '.data | sort'";
const asking = [
  makeBlock("curl -s 'http://localhost:9090/api/v1/query?query=http_requests_total' | jq -r '.data.result[].metric.service' | sort", { name: 'curl', attributes: at }),
  makeBlock("promtool query instant http://localhost:9090 'db_pool_connections_active'", { name: 'promtool', attributes: at }),
  makeBlock('curl -s "localhost:9090/api/v1/query?query=up&time=$(date +%s)" | jq -r \'.data.result[0].value[0]\'', { name: 'date', attributes: at }),
  // However late it asks, it asks for the time that it has read.
  makeBlock('date -u +%FT%TZ; now=$(date +%s); sleep 6; date +%s; curl -s "localhost:9090/api/v1/query?query=up&time=$now" | jq -r \'.data.result[0].value[0]\'; jq -n now; python3 -c "import time; print(int(time.time()))"', { name: 'late', attributes: at }),
  makeBlock("logcli query --quiet -o raw '{service=\"checkout\"}' | jq -r .msg", { name: 'logcli', attributes: at }),
  makeBlock("curl -s 'localhost:16686/api/traces?service=checkout' | jq -r '.data[].spans[].operationName' | sort", { name: 'jaeger', attributes: at }),
  makeBlock('amtool --alertmanager.url=http://localhost:9093 config routes test severity=page', { name: 'amtool', attributes: at }),
  makeBlock(count, { name: 'before', attributes: at }),
];
const writing = [
  makeBlock('curl -s --data-binary x localhost:9090/api/v1/write || true', { name: 'remote-write' }),
  makeBlock("curl -s -X POST -g 'localhost:9090/api/v1/admin/tsdb/delete_series?match[]=up'", { name: 'delete' }),
  makeBlock("curl -s localhost:3100/loki/api/v1/push -H 'Content-Type: application/json' -H 'X-Scope-OrgID: small' -d '{\"streams\":[{\"stream\":{\"service\":\"x\"},\"values\":[[\"1773237600000000000\",\"x\"]]}]}'", { name: 'push' }),
  makeBlock('curl -s localhost:16686/v1/traces -d {}', { name: 'spans' }),
  makeBlock("curl -s localhost:9093/api/v2/alerts -H 'Content-Type: application/json' -d '[]'", { name: 'alerts' }),
  makeBlock('for host in prometheus loki jaeger alertmanager; do curl -s -m 2 "http://$host:9090" > /dev/null && echo "$host"; done; echo "nobody else"', { name: 'names' }),
  makeBlock('curl -s -m 2 http://192.0.2.1/ || echo "no way out"', { name: 'outside' }),
  makeBlock('curl -s http://gate:9090/api/v1/write -d x; curl -s gate:3100/flush', { name: 'around' }),
  makeBlock('echo hidden > alertmanager.yml; touch /etc/x', { name: 'files', attributes: { exit: '1' } }),
  makeBlock('amtool check-config alertmanager.yml | head -1; ls; pwd; id -u; env | sort | cut -d= -f1 | tr "\\n" " "', { name: 'fresh' }),
  makeBlock(count, { name: 'after', attributes: at }),
];
const ending = [
  makeBlock('false; echo never', { name: 'fails' }),
  makeBlock('echo three >&2; exit 3', { name: 'three', attributes: { exit: '3' } }),
  makeBlock('true', { name: 'silent' }),
  makeBlock('true', { name: 'silent-on-purpose', attributes: { empty: 'true' } }),
  makeBlock('echo loud', { name: 'loud', attributes: { empty: 'true' } }),
  makeBlock("curl -s 'localhost:16686/api/traces?service=checkout&limit=1' | jq -r '.data[0].traceID'", { name: 'cut', attributes: at }),
  makeBlock('sleep 60', { name: 'sleeps' }),
  makeBlock('yes', { name: 'floods' }),
  makeBlock('sleep 100 & echo left behind', { name: 'leaves' }),
  makeBlock("curl -s 'localhost:9090/api/v1/query?query=nothing' | jq -c .data.result", { name: 'nothing' }),
  makeBlock("curl -s 'localhost:9090/api/v1/query?query=nothing' | jq -c .data.result", { name: 'nothing-on-purpose', attributes: { empty: 'true' } }),
  makeBlock("curl -s 'localhost:9090/api/v1/query?query=sum(' | jq -r .error", { name: 'refused' }),
  makeBlock("curl -s 'localhost:9090/api/v1/query?query=sum(' | jq -r .error", { name: 'refused-on-purpose', attributes: { rejects: 'unclosed left parenthesis' } }),
  makeBlock("curl -s 'localhost:9090/api/v1/query?query=up' | jq -r .status", { name: 'not-refused', attributes: { ...at, rejects: 'unclosed' } }),
];
const setup = makeBlock('query() { curl -s "localhost:9090/api/v1/query?query=$1"; }\nquery sum\\( > /dev/null; word=kept; cd rules', { name: 'setup', attributes: { ...at, rejects: 'unclosed' } });
const continuing = { ...makeBlock('echo "$word"; basename "$PWD"; query up | jq -r .status', { name: 'continuing', attributes: { ...at, continues: 'setup' } }), continuedText: setup.text };
const blocks = [...asking, ...writing, ...ending, setup, continuing];

const stack = new AsyncDisposableStack();
const results = new Map<string, RunResult>();
beforeAll(async () => {
  const started = stack.use(await shell.start(await openContext(stack), signal));
  const requests = blocks.map((block) => ({ block, dataset, allBlocks: blocks, named: () => dataset }));
  await started.run(requests, (result) => results.set(result.block.name as string, result), signal);
}, 120_000);
afterAll(() => stack.disposeAsync(), 30_000);

const outputOf = (name: string): ProcessOutput => results.get(name)?.output as ProcessOutput;
const rulesOf = (name: string): string[] => results.get(name)?.findings.map(({ rule }) => rule) ?? ['no result'];

describe('what a reader types is answered', () => {
  test.each([
    ['curl', 'checkout\ngateway\n'],
    ['promtool', 'db_pool_connections_active{instance="checkout-1:8080", service="checkout"} => 1 @[1773237660]\n'],
    ['date', '1773237660\n'],
    ['late', '2026-03-11T14:01:00Z\n1773237660\n1773237660\n1773237660\n1773237660\n'],
    ['logcli', 'done\n'],
    ['jaeger', 'GET /quote\nPOST /checkout\n'],
    ['amtool', 'on-call\n'],
    ['leaves', 'left behind\n'],
    ['refused-on-purpose', 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis\n'],
    ['nothing-on-purpose', '[]\n'],
    ['continuing', 'kept\nrules\nsuccess\n'],
  ])('%s', (name, stdout) => {
    expect([rulesOf(name), outputOf(name)]).toEqual([[], { kind: 'process', stdout, stderr: '', exitCode: 0 }]);
  });
  test('and each says who answered it', () => {
    expect(results.get('jaeger')?.versions?.map(({ name }) => name)).toEqual(['sandbox', 'jaeger']);
    expect(results.get('before')?.versions?.map(({ name }) => name)).toEqual(['sandbox', 'prometheus', 'loki', 'jaeger']);
    expect(results.get('fails')?.versions?.map(({ name }) => name)).toEqual(['sandbox']);
  });
});

describe('nothing can be written', () => {
  test.each(['remote-write', 'delete', 'push', 'spans', 'alerts'])('%s', (name) => {
    expect(rulesOf(name)).toEqual(['read-only']);
    expect(outputOf(name).stdout).toMatch(/^403: .* may only ask/);
  });
  test('and nothing has changed', () => {
    expect(outputOf('before').stdout).toBe('9\n3\n["checkout","discount"]\n');
    expect(outputOf('after').stdout).toBe(outputOf('before').stdout);
  });
  test('the services have no name and no way but the gate, which is as strict when asked itself', () => {
    expect(outputOf('names').stdout).toBe('nobody else\n');
    expect(outputOf('outside').stdout).toBe('no way out\n');
    expect(outputOf('around').stdout).toMatch(/^403: POST .*\n403: GET \/flush .*\n$/);
  });
  test('a block finds the folder as it was, whatever ran before', () => {
    expect(outputOf('files').stderr).toContain('Read-only file system');
    expect(outputOf('fresh').stdout).toBe("Checking 'alertmanager.yml'  SUCCESS\nalertmanager.yml\ncompose.yaml\nprometheus.yml\nrules\n~/technow\n10001\nDONT_FAKE_MONOTONIC FAKETIME FAKETIME_DONT_FAKE_MONOTONIC FAKETIME_SHARED HOME LANG LD_PRELOAD NO_COLOR NO_FAKE_STAT PATH PWD SHLVL TERM TMPDIR TZ _ ");
  });
});

test('no address of any other container is reached', async () => {
  await using parts = new AsyncDisposableStack();
  const context = await openContext(parts);
  await using world = await startWorld(context, { dataset, requests: [], doors: [{ service: 'prometheus', port: 9090 }, { service: 'loki', port: 3100 }] }, signal);
  const { dockerode } = (await connectEngine(() => undefined)).container;
  const own = new Set(Object.keys((await dockerode.getContainer(world.sandbox.id).inspect()).NetworkSettings.Networks));
  const found = (await dockerode.listContainers()).flatMap(({ NetworkSettings }) => Object.entries(NetworkSettings.Networks).map(([network, { IPAddress }]) => ({ near: own.has(network), address: IPAddress })));
  const knock = async (near: boolean): Promise<string[]> => {
    const addresses = found.filter((each) => each.near === near && each.address !== '').flatMap(({ address }) => [9090, 3100, 16686, 4318, 8080].map((port) => `${address}:${port}`));
    const { stdout } = await world.sandbox.exec(['python3', '-c', KNOCK, ...addresses]);
    return stdout.split('\n').filter(Boolean);
  };
  expect(found.filter(({ near }) => !near).length).toBeGreaterThanOrEqual(4);
  expect((await knock(true)).map((address) => address.replace(/.*:/, '')).sort()).toEqual(['3100', '9090']);
  expect(await knock(false)).toEqual([]);
});

describe('what is wrong is found', () => {
  test.each<[string, string[]]>([
    ['fails', ['exit']],
    ['three', []],
    ['silent', ['no-output']],
    ['silent-on-purpose', []],
    ['loud', ['not-empty']],
    ['sleeps', ['timed-out']],
    ['floods', ['too-much-output']],
    ['nothing', ['empty-answer']],
    ['refused', ['rejected']],
    ['not-refused', ['not-rejected']],
    ['setup', []],
    ['cut', ['limit-reached']],
  ])('%s', (name, rules) => {
    expect(rulesOf(name)).toEqual(rules);
  });
  test('at the address that was asked', () => {
    expect(results.get('nothing')?.findings[0]?.range).toEqual({ offset: 'curl -s \'localhost:9090'.length, length: '/api/v1/query'.length });
  });
  test('in words that say what to do', () => {
    expect(results.get('fails')?.findings[0]?.message).toBe('Ended with exit code 1, expected 0. The first command that fails ends the block. Mend it, or write exit=1 where that is the point.');
    expect(results.get('refused')?.findings[0]?.message).toContain('Prometheus answered 400, expected an answer: invalid parameter "query": 1:5: parse error: unclosed left parenthesis. Correct');
  });
});
