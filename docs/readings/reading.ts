import type { Output, RoutingOutput, Transcript } from '../../harness/model/transcript.ts';
import { formatClock, formatDate, formatInstant, formatWait, parseClock, parseWait } from './clock.ts';
import type { ReadingContext } from './context.ts';
import { h, type Element, type ElementContent } from './hast.ts';
import { nameChannels } from './routing.ts';
import { isExposition } from './vector.ts';
import { viewOutput, type ViewName } from './view.ts';

const properNames: Readonly<Record<string, string>> = {
  prometheus: 'Prometheus', alertmanager: 'Alertmanager', loki: 'Loki', jaeger: 'Jaeger', typescript: 'TypeScript', node: 'Node.js', promtool: 'promtool', sandbox: 'Node.js', python: 'Python', otelcol: 'OpenTelemetry Collector',
};

/** `Prometheus 3.14.0 and Alertmanager 0.31.1`. */
export function nameBackends(backends: Transcript['backends']): string {
  const names = backends.map(({ name, version }) => `${properNames[name] ?? name} ${version}`);
  return names.length < 2 ? (names[0] ?? 'The checker') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function time(timestampMs: number): Element {
  return h('time', { dateTime: formatInstant(timestampMs) }, formatClock(timestampMs));
}

/** The part of the dataset that a trace search looks at: `at` and `range`, each with the dataset's own bounds as default. */
function searchedTime(context: ReadingContext): { readonly fromMs: number; readonly toMs: number } | undefined {
  const { clock } = context;
  if (clock === undefined) return undefined;
  const [at, range] = ['at', 'range'].map((name) => context.attributes.get(name)?.value);
  const toMs = (typeof at === 'string' ? parseClock(at, clock.startMs) : undefined) ?? clock.endMs;
  const wait = typeof range === 'string' ? parseWait(range) : undefined;
  return { fromMs: wait === undefined ? clock.startMs : toMs - wait, toMs };
}

/** When the system was asked, on the incident's clock; undefined where the answer has no time of its own. */
function whenAnswered(output: Output, context: ReadingContext): ElementContent[] | undefined {
  if (context.dataset === undefined) return undefined;
  switch (output.kind) {
    case 'vector': return ['at ', time(output.atMs), ` UTC, ${formatDate(output.atMs)}`].map(toContent);
    case 'matrix': return [time(output.startMs), ' to ', time(output.endMs), ` UTC, every ${formatWait(output.stepMs)}`].map(toContent);
    case 'dashboard':
    case 'logs': return [time(output.startMs), ' to ', time(output.endMs), ` UTC, ${formatDate(output.endMs)}`].map(toContent);
    case 'traces': {
      const searched = searchedTime(context);
      return searched && [time(searched.fromMs), ' to ', time(searched.toMs), ` UTC, ${formatDate(searched.toMs)}`].map(toContent);
    }
    case 'routing': {
      const [first] = output.alerts;
      return first && ['first at ', time(first.firingMs), ` UTC, ${formatDate(first.firingMs)}`].map(toContent);
    }
    case 'rules': {
      const moment = railMs(output, context);
      return moment === undefined ? undefined : [context.notifications === 'resolved' ? 'resolved at ' : 'fired at ', time(moment), ` UTC, ${formatDate(moment)}`].map(toContent);
    }
    case 'process': {
      const now = isShell(context) ? searchedTime(context)?.toMs : undefined;
      return now === undefined ? undefined : ['at ', time(now), ` UTC, ${formatDate(now)}`].map(toContent);
    }
    default: return undefined;
  }
}

/** The moment that the page's rail shows beside an answer. */
function railMs(output: Output, context: ReadingContext): number | undefined {
  // A live answer has the clock of the day on which it was run, which is nobody's.
  if (context.dataset === undefined) return undefined;
  switch (output.kind) {
    case 'vector': return output.atMs;
    case 'matrix':
    case 'logs': return output.endMs;
    case 'traces': return searchedTime(context)?.toMs;
    case 'rules': {
      const fired = output.runs.find((run) => run.firingMs !== undefined && run.dataset === context.dataset);
      return context.notifications === 'resolved' ? fired?.resolvedMs : fired?.firingMs;
    }
    default: return undefined;
  }
}

function toContent(part: string | Element): ElementContent {
  return typeof part === 'string' ? { type: 'text', value: part } : part;
}

const verbs: Readonly<Record<Output['kind'], string>> = {
  vector: 'answered', matrix: 'answered', logs: 'answered', traces: 'answered', rules: 'evaluated it', rejection: 'refused it, as this page says it must', process: 'ran it', service: 'observed it', routing: 'routed the alerts', configuration: 'loaded it', dashboard: 'answered its panels', trial: 'ran with it', compose: 'started from it',
};

function howVerified(transcript: Transcript, context: ReadingContext): Element[] {
  const { output } = transcript;
  const who = output.kind === 'service' ? nameBackends(transcript.backends) : answering(transcript, context);
  const over = context.dataset === undefined ? '' : ` over the dataset ${context.dataset}`;
  const sentences: string[] = [];
  const moment = searchedTime(context)?.toMs;
  if (output.kind === 'rejection') sentences.push(`${output.tool} must refuse this block, saying “${String(context.attributes.get('rejects')?.value ?? '')}”. The page fails when it stops refusing.`);
  else if (context.attributes.has('rejects')) sentences.push(`The checker must refuse this block, saying “${String(context.attributes.get('rejects')?.value ?? '')}”. ${who} ran it all the same, and this came out.`);
  else if (output.kind === 'rules' && transcript.backends.some(({ name }) => name === 'loki')) sentences.push(`Loki answered the expression${over} at every step, and promtool ran the rule over these answers: that proves the threshold and “for”. A real Alertmanager got the alert at those times and sent what stands here; Loki's own ruler carried it there once, with a “for” of a second.`);
  else if (output.kind === 'rules') sentences.push(`promtool evaluated the rule in virtual time${over}: that proves the threshold and “for”. A real Alertmanager got the alert at those times and sent what stands here.`);
  else if (output.kind === 'routing') sentences.push(...howRouted(output, over));
  else if (output.kind === 'configuration') sentences.push(`${who} started with this file, cut off from every network but its own, and this is what its status says. Nothing was fetched from the addresses.`);
  else if (output.kind === 'dashboard') sentences.push(`Every query of every panel was asked of ${who}${over}, with each value that its variables can take, over the time that the dashboard shows. A panel without data would fail. Grafana itself did not run; its own types checked the file.`);
  else if (output.kind === 'trial') sentences.push(`${who} started with this file, cut off from every network but its own. It was given what stands here, and this is what was found again; only waiting times were shortened.`);
  else if (output.kind === 'compose') sentences.push('Every service was started from this file in a container of its own, with its command, variables, files, networks and order, cut off from every network but those of the file. Its ports were asked from inside. Only waiting times and the intervals between scrapes were shortened.');
  else if (output.kind === 'service') sentences.push(`The code ran in a closed container; ${who} scraped and received what stands here. Ids, times and ports are those of that run.`);
  else if (isExposition(context.language)) sentences.push(`${who} scraped exactly this text, as the first job of prometheus.yml, and stored what stands here.`);
  else if (isShell(context)) {
    const asked = servicesAsked(transcript).length > 0;
    const clock = moment === undefined ? '' : `, at ${formatClock(moment)} UTC of ${formatDate(moment)}`;
    sentences.push(`The commands ran in a closed container.${asked ? ` Behind localhost, ${who} answered them${over}${clock}: there, that is now.` : ''} The same commands must print the same bytes.`);
  } else sentences.push(`${who} answered this${over}. ${context.dataset === undefined ? 'It asked about a running service, so values and times are those of that run.' : 'The same question must give the same bytes.'}`);
  const expected = context.attributes.get('expect')?.value;
  if (typeof expected === 'string') sentences.push(`The text relies on: ${expected}.`);
  return [
    ...sentences.map((sentence) => h('p', sentence)),
    h('p', ['Stored answer ', h('code', transcript.block), ', key ', h('code', transcript.key.slice(0, 12)), '. Run it again: ', h('code', `npm run verify -- ${context.edition ?? ''}${transcript.block.split('#')[0] ?? ''}`)]),
  ];
}

/** What was real about a routed alert, and what was replaced. */
function howRouted({ receivers }: RoutingOutput, over: string): string[] {
  const kinds = receivers.flatMap(({ channels }) => channels);
  const replaced = kinds.every((kind) => kind === 'webhook') ? 'their addresses' : nameChannels(kinds);
  return [
    `A real Alertmanager ran with these routes, grouping and inhibition. It got the alerts in the order in which they begin and end${over}.`,
    `Receivers kept their names; in place of ${replaced}, a webhook of ours was called. Of the rest only group_wait and group_interval were shortened, and nothing ran long enough to be repeated.`,
  ];
}

const backendOfLanguage: Readonly<Record<string, string>> = { promql: 'prometheus', logql: 'loki', jaeger: 'jaeger' };

/** What was done about the block. */
function verbOf(transcript: Transcript, context: ReadingContext): string {
  const { kind } = transcript.output;
  if (kind === 'vector' && isExposition(context.language)) return 'scraped and stored it';
  return isShell(context) && servicesAsked(transcript).length > 0 ? 'answered' : verbs[kind];
}

function isShell({ language }: ReadingContext): boolean {
  return ['sh', 'bash', 'shell'].includes(language);
}

/** Who was asked by commands, the container apart that they ran in. */
function servicesAsked(transcript: Transcript): Transcript['backends'] {
  return transcript.backends.filter(({ name }) => name !== 'sandbox');
}

/** Who answered. A query that continues a live block ran beside several backends, and one of them answered it. */
function answering(transcript: Transcript, context: ReadingContext): string {
  if (isShell(context)) return servicesAsked(transcript).length > 0 ? nameBackends(servicesAsked(transcript)) : 'bash';
  const asked = transcript.backends.filter(({ name }) => name === backendOfLanguage[context.language]);
  if (asked.length > 0) return nameBackends(asked);
  return transcript.backends.length === 0 && transcript.output.kind === 'rejection' ? transcript.output.tool : nameBackends(transcript.backends);
}

/** The small mark under a block: what was really done with it, and, on demand, how. */
export function markOf(kind: 'ran' | 'checked' | 'wrong' | 'ignored', how: readonly Element[]): Element {
  const words = { ran: '● ran', checked: '○ checked, not run', wrong: '✕ wrong on purpose', ignored: '– not verified' } as const;
  // The same words under every block: whoever searches for them searches for none of these pages.
  return h('details', { className: ['mark', kind], dataPagefindIgnore: '' }, [h('summary', words[kind]), h('div', { className: ['how'] }, [...how])]);
}

/** Only the mark, for a block whose answer stands elsewhere on the page. */
export function renderMark(transcript: Transcript, context: ReadingContext): Element {
  return h('div', { className: ['reading', 'not-content', 'only-mark'] }, [markOf(transcript.output.kind === 'rejection' || context.attributes.has('rejects') ? 'wrong' : 'ran', howVerified(transcript, context))]);
}

/**
 * The panel beneath a block: who answered and when, the result, and the mark.
 * @throws Error when the asked view cannot show this kind of output.
 */
export function renderReading(transcript: Transcript, context: ReadingContext, view: ViewName = 'auto'): Element {
  const { output } = transcript;
  const when = isShell(context) && servicesAsked(transcript).length === 0 ? undefined : whenAnswered(output, context);
  const name = transcript.block.split('#')[1] ?? transcript.block;
  const isWrong = output.kind === 'rejection' || context.attributes.has('rejects');
  const rail = railMs(output, context);
  return h('div', { role: 'group', className: ['reading', 'not-content', `reading-${output.kind}`, ...(isWrong ? ['is-wrong'] : [])], ariaLabel: `Answer of ${name}`, dataBlock: transcript.block }, [
    ...(rail === undefined ? [] : [h('span', { className: ['rail'], ariaHidden: 'true' }, formatClock(rail))]),
    h('p', { className: ['reading-head'] }, [h('span', { className: ['who'] }, `${answering(transcript, context)} ${verbOf(transcript, context)}`), ...(when === undefined ? [] : [' ', h('span', { className: ['when'] }, when)])]),
    ...viewOutput(output, context, view),
    markOf(isWrong ? 'wrong' : 'ran', howVerified(transcript, context)),
  ]);
}
