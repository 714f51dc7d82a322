import { readClock } from '../answers.ts';
import { parseDocument, isMap, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { BackendContext, StartedContainer } from '../../model/backend.ts';
import type { Dataset, Labels } from '../../model/dataset.ts';
import type { Notification } from '../../model/transcript.ts';
import { HarnessError } from '../../model/verdict.ts';
import { isSelected } from '../../rule-file/expression.ts';
import type { Selector } from '../../rule-file/expression.ts';
import { ALERTMANAGER_PORT, callApi, startAlertmanager } from './alertmanager.ts';
import type { Place } from './alertmanager.ts';
import type { WebhookBody } from './hook.ts';
import { keyOf } from './notify.ts';
import { toOpenMetrics } from './openmetrics.ts';

/** One alert that must come through the whole chain. */
export interface Cargo {
  /** Whose alert it is: an index into the rule files. */
  readonly ruleFile: number;
  readonly labels: Labels;
  readonly pendingMs: number;
  readonly firingMs: number;
  /** When it is over: the dataset's end when it never resolves. */
  readonly untilMs: number;
}
/** Alerts of one dataset that fire at one moment: one pair of Prometheus and Alertmanager carries them. */
export interface Shipment {
  readonly dataset: Dataset;
  /** A moment at which all of them fire: it is moved to now. */
  readonly cutMs: number;
  /** Until when all of them go on firing. The data goes on as well: a machine may need minutes to start the pair. */
  readonly endMs: number;
  readonly cargo: readonly Cargo[];
}
export interface RuleText {
  readonly text: string;
  /** Texts of the rule files whose recordings it reads. */
  readonly needs: readonly string[];
  readonly selectors: readonly Selector[];
}
const SERVER_PORT = 9091;

/** Splits the alerts of a dataset so that all of one shipment fire at its `cutMs`; as few shipments as can be. */
export function planShipments(dataset: Dataset, cargo: readonly Cargo[]): readonly Shipment[] {
  const shipments: Shipment[] = [];
  let rest = [...cargo].sort((left, right) => left.untilMs - right.untilMs);
  while (rest[0] !== undefined) {
    const endMs = rest[0].untilMs;
    const together = rest.filter((one) => one.firingMs < endMs);
    const startMs = Math.max(...together.map((one) => one.firingMs));
    // The middle: values near either edge could fall back over the threshold while the window moves on.
    const cutMs = startMs + Math.floor((endMs - startMs) / 2 / dataset.stepMs) * dataset.stepMs;
    shipments.push({ dataset, cutMs, endMs, cargo: together });
    rest = rest.filter((one) => !together.includes(one));
  }
  return shipments;
}

/**
 * Sends one shipment through a real Prometheus and Alertmanager in which the cut is now, `for` restored from a back-filled
 * ALERTS_FOR_STATE. Returns the problem of each alert that did not arrive as the exact notifications say; an empty map: all did.
 */
export async function carry(
  context: BackendContext, where: Place,
  shipment: Shipment, files: readonly RuleText[], exact: Promise<readonly (readonly Notification[])[]>, signal: AbortSignal,
): Promise<ReadonlyMap<Cargo, string>> {
  await using _alertmanager = await startAlertmanager(context, where, signal);
  await using prometheus = await startPrometheus(context, where, shipment, files, signal);
  const wanted = shipment.cargo.flatMap((cargo) => {
    return [{ cargo, expected: exact.then((notifications) => findRoute(notifications[cargo.ruleFile] ?? [], cargo.labels)) }];
  });
  const routes = await Promise.all(wanted.map(async ({ cargo, expected }) => ({ cargo, route: await expected })));
  const arrived = ({ cargo, route }: { cargo: Cargo; route: string | undefined }, bodies: readonly WebhookBody[]): boolean => route === undefined || findRoute(bodies, cargo.labels) !== undefined;
  let bodies: readonly WebhookBody[];
  try {
    bodies = await where.hook.waitFor(where.alias, (seen) => routes.every((one) => arrived(one, seen)), where.timeoutMs, signal);
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'timed-out') throw error;
    bodies = await where.hook.received(where.alias);
  }
  const firing = await readFiring(prometheus, signal);
  return new Map(routes.flatMap(({ cargo, route }) => {
    const problem = describeProblem(cargo, route, findRoute(bodies, cargo.labels), firing);
    return problem === undefined ? [] : [[cargo, problem]];
  }));
}

function describeProblem(cargo: Cargo, wanted: string | undefined, got: string | undefined, firing: ReadonlySet<string>): string | undefined {
  if (!firing.has(`${ruleFilePath(cargo.ruleFile)} ${keyOf(cargo.labels)}`)) return 'Prometheus did not raise it with these labels';
  if (wanted === undefined || wanted === got) return undefined;
  return got === undefined ? 'Prometheus raised it, but no webhook was called for it' : `it was notified to ${got}, not to ${wanted}`;
}

/** Receiver and group with which a firing alert was notified. */
export function findRoute(bodies: readonly (WebhookBody | Notification)[], labels: Labels): string | undefined {
  const body = bodies.find((one) => one.status === 'firing' && one.alerts.some((alert) => keyOf(alert.labels) === keyOf(labels)));
  return body === undefined ? undefined : `${body.receiver} ${keyOf(body.groupLabels)}`;
}

async function startPrometheus(
  context: BackendContext, where: Place, shipment: Shipment, files: readonly RuleText[], signal: AbortSignal,
): Promise<StartedContainer> {
  const used = [...new Set(shipment.cargo.map((one) => one.ruleFile))].sort((left, right) => left - right);
  const config = { global: { evaluation_interval: '1s' }, rule_files: ['/etc/prometheus/rules/*.yml'], alerting: { alertmanagers: [{ static_configs: [{ targets: [`${where.alias}:${ALERTMANAGER_PORT}`] }] }] } };
  const container = await context.engine.start({
    image: 'prometheus', aliases: [], ports: [9090, SERVER_PORT], networks: [where.network],
    command: ['--config.file=/etc/prometheus/empty.yml', '--storage.tsdb.path=/prometheus/empty'],
    files: [
      { path: '/etc/prometheus/empty.yml', content: 'global: {}\n' },
      { path: '/etc/prometheus/course.yml', content: JSON.stringify(config) },
      ...used.map((index) => ({ path: ruleFilePath(index), content: quicken(files[index]?.text ?? '') })),
      ...[...new Set(used.flatMap((index) => files[index]?.needs ?? []))].map((text, at) => ({ path: ruleFilePath(`needed-${at}`), content: quicken(text) })),
    ],
    ready: { path: '/-/ready', port: 9090 },
  }, signal);
  try {
    // What a server records itself it does not store behind blocks that reach into what is to come: then the data ends at the cut.
    const records = used.some((index) => [files[index]?.text ?? '', ...files[index]?.needs ?? []].some((text) => /^[\s-]*record:/m.test(text)));
    await startOnBlocks(container, records ? { ...shipment, endMs: shipment.cutMs + shipment.dataset.stepMs } : shipment, used.flatMap((index) => files[index]?.selectors ?? []), signal);
    return container;
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Alert state is restored when a server starts, so the data must be there before: promtool makes blocks inside the container, and a second
 * server starts on them. (Both are in the image; nothing of Prometheus need run on this machine.)
 */
async function startOnBlocks(container: StartedContainer, { dataset, cutMs, endMs, cargo }: Shipment, selectors: readonly Selector[], signal: AbortSignal): Promise<void> {
  const stepsMs = Array.from({ length: 21 }, (_, step) => cutMs - (20 - step) * dataset.stepMs);
  const shiftMs = await readClock(container.url(9090), signal) - cutMs;
  // The same rule may stand on two pages: its state is back-filled once.
  const alerts = [...new Map(cargo.map((one) => [keyOf(one.labels), one])).values()];
  const states = alerts.map(({ labels, pendingMs }) => ({
    labels: { __name__: 'ALERTS_FOR_STATE', ...labels },
    samples: stepsMs.filter((timeMs) => timeMs >= pendingMs).map((timeMs) => [timeMs, Math.floor((pendingMs + shiftMs) / 1000)] as const),
  }));
  const text = toOpenMetrics([...dataset.series.filter((series) => isSelected(series, selectors)), ...states], endMs - dataset.stepMs, shiftMs);
  await container.copyIn([{ path: '/prometheus/data.om', content: text }]);
  const made = await container.exec(['/bin/promtool', 'tsdb', 'create-blocks-from', 'openmetrics', '--quiet', '/prometheus/data.om', '/prometheus/blocks'], signal);
  if (made.exitCode !== 0) {
    throw new HarnessError('backend-lost', `promtool made no blocks of ${dataset.name} (exit ${made.exitCode}). Expected OpenMetrics text that it takes; see the log tail.`, { logTail: made.stderr + made.stdout });
  }
  // Ends with its container; whether it works shows at the webhook.
  void container.exec([
    '/bin/prometheus', '--config.file=/etc/prometheus/course.yml', '--storage.tsdb.path=/prometheus/blocks', `--web.listen-address=:${SERVER_PORT}`,
    '--rules.alert.for-grace-period=0s', '--rules.alert.resend-delay=1s',
  ]).catch(() => undefined);
}

function ruleFilePath(index: number | string): string {
  return `/etc/prometheus/rules/${index}.yml`;
}

/** The rule file with every group evaluated each second: otherwise each alert waits for up to a minute. */
function quicken(text: string): string {
  const document = parseDocument(text);
  const groups = document.get('groups', true);
  if (isSeq(groups)) for (const group of groups.items as Node[]) if (isMap(group)) group.set('interval', '1s');
  return document.toString();
}

interface RulesAnswer {
  readonly data: { readonly groups: readonly { readonly file: string; readonly rules: readonly { readonly alerts?: readonly { readonly state: string; readonly labels: Labels }[] }[] }[] };
}

/** `<rule file> <labels>` of every alert that fires in the server. */
async function readFiring(prometheus: StartedContainer, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const answer = await callApi<RulesAnswer>(prometheus, SERVER_PORT, '/api/v1/rules?type=alert', {}, signal);
  return new Set((answer?.data.groups ?? []).flatMap((group) => group.rules.flatMap((rule) => (rule.alerts ?? [])
    .filter((alert) => alert.state === 'firing').map((alert) => `${group.file} ${keyOf(alert.labels)}`))));
}
