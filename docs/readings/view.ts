import type { Output } from '../../harness/model/transcript.ts';
import { viewCompose } from './compose.ts';
import { viewConfiguration } from './configuration.ts';
import type { ReadingContext } from './context.ts';
import { viewDashboard } from './dashboard.ts';
import { h, type Element } from './hast.ts';
import { viewLogs } from './logs.ts';
import { viewMatrix } from './matrix.ts';
import { viewProcess } from './process.ts';
import { viewRejection } from './rejection.ts';
import { viewRouting } from './routing.ts';
import { viewNotifications, viewRules } from './rules.ts';
import { viewService } from './service.ts';
import { viewTraces } from './traces.ts';
import { viewTrial } from './trial.ts';
import { viewVector } from './vector.ts';

/** What an author may ask for with `<Answer view="…">`. `auto` is the natural view of the output's kind. */
export const viewNames = ['auto', 'table', 'chart', 'lines', 'trace', 'notification'] as const;
export type ViewName = (typeof viewNames)[number];

const kindsOfView: Readonly<Record<Exclude<ViewName, 'auto'>, Output['kind']>> = {
  table: 'vector', chart: 'matrix', lines: 'logs', trace: 'traces', notification: 'rules',
};

/** True when the answer holds nothing: no series, no lines, no traces. */
export function isEmpty(output: Output): boolean {
  switch (output.kind) {
    case 'vector': return output.samples.length === 0;
    case 'matrix': return output.series.length === 0;
    case 'logs': return output.entries.length === 0;
    case 'traces': return output.traces.length === 0;
    default: return false;
  }
}

function viewNothing(output: Output, context: ReadingContext): Element[] {
  const noun = output.kind === 'logs' ? 'line' : output.kind === 'traces' ? 'trace' : 'series';
  const reason = context.attributes.has('empty') ? ' Empty on purpose: that is the finding.' : '';
  return [h('p', { className: ['nothing'] }, [h('b', `Nothing. No ${noun} matched.`), reason])];
}

/**
 * The result itself, without the lines around it.
 * @throws Error when the asked view cannot show this kind of output.
 */
export function viewOutput(output: Output, context: ReadingContext, view: ViewName = 'auto'): Element[] {
  if (view !== 'auto' && kindsOfView[view] !== output.kind) {
    throw new Error(`view="${view}" shows ${kindsOfView[view]} answers, but this block's answer is of kind ${output.kind}. Leave out view= or name another block.`);
  }
  if (isEmpty(output)) return viewNothing(output, context);
  switch (output.kind) {
    case 'vector': return viewVector(output, context);
    case 'matrix': return viewMatrix(output, context);
    case 'logs': return viewLogs(output, context);
    case 'traces': return viewTraces(output, context);
    case 'rules': return view === 'notification' ? viewNotifications(output, { notifications: context.notifications ?? 'firing' }) : viewRules(output, context);
    case 'rejection': return viewRejection(output);
    case 'process': return viewProcess(output);
    case 'service': return viewService(output);
    case 'routing': return viewRouting(output);
    case 'configuration': return viewConfiguration(output);
    case 'dashboard': return viewDashboard(output);
    case 'trial': return viewTrial(output);
    case 'compose': return viewCompose(output);
  }
}
