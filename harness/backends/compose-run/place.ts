import type { Network, StartedContainer, BackendContext } from '../../model/backend.ts';
import { knownImages, readOption } from '../../compose-file/known-images.ts';
import type { PlannedService } from '../../compose-file/plan.ts';
import type { Beside } from './files.ts';

/** Where the services of one file are started. */
export interface Place {
  readonly context: BackendContext;
  /** By the name that the file gives them; all are internal. */
  readonly networks: ReadonlyMap<string, Network>;
  /** On all of them; it has curl, bash and Node. */
  readonly probe: StartedContainer;
  readonly beside: Beside;
  readonly signal: AbortSignal;
}
/** A service whose container runs. */
export interface RunningService {
  readonly plan: PlannedService;
  readonly container: StartedContainer;
}
/** What is wrong with one service: the words of the finding, and where in the file it stands. */
export class ServiceFault extends Error {
  readonly rule: 'does-not-start' | 'not-ready' | 'port-silent' | 'target-down';
  readonly path: readonly (string | number)[];
  constructor(rule: ServiceFault['rule'], path: ServiceFault['path'], message: string) {
    super(message);
    this.rule = rule;
    this.path = path;
  }
}
/** A service that another one waits for did not come: that one has the finding. */
export class WaitedInVain extends Error {}

/** Address of a service's API as its network sees it, its path for readiness below that, and where it is within its container (`:9090`); undefined where it is not known. */
export function baseUrl({ name, image, command }: PlannedService): { readonly base: string; readonly ready: string; readonly at: string } | undefined {
  const ready = knownImages[image]?.ready;
  // With a configuration of its own, Jaeger's health check listens where that says.
  if (ready === undefined || (image === 'jaeger' && command?.some((word) => word.startsWith('--config')) === true)) return undefined;
  const port = /:(\d+)$/.exec(readOption(command, 'web.listen-address') ?? '')?.[1] ?? String(ready.port);
  const prefix = readOption(command, 'web.route-prefix') ?? pathOf(readOption(command, 'web.external-url'));
  const base = `:${port}${prefix.replace(/^\/?(?=.)/, '/').replace(/\/$/, '')}`;
  const address = `${name}${base}`;
  return { base: `http://${address}`, ready: ready.path, at: base };
}

function pathOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : '';
}
