import { changesAt, type Fault } from '../fault.ts';

/** The port of a neighbour: a service that is up, and not the one that was meant. */
export const port: Fault = {
  name: 'port',
  seed: ({ dialect, text }) => (['compose', 'prometheus-config', 'alertmanager-config', 'grafana-provisioning', 'typescript', 'python', 'shell'].includes(dialect)
    ? changesAt(text, /(?:[\w\]}]:|\blisten\(|[Pp]ort\W{1,3}|", )(?<at>[1-9]\d{3,4})\b(?!\.\d|\w)/, (found) => String(Number(found) + 1)) : []),
};
