import { splitWords, Untried } from './interpolate.ts';

/** How a service's health is asked. */
export type HealthCheck =
  /** A program of the image's own. */
  | { readonly kind: 'exec'; readonly command: readonly string[]; readonly words: string; readonly inShell: boolean }
  /** `wget` or `curl`: asked for it, from within the service's network. */
  | { readonly kind: 'http'; readonly program: 'wget' | 'curl'; readonly url: string; readonly failsOnStatus: boolean; readonly words: string; readonly inShell: boolean };

interface RawHealth {
  readonly test?: string | readonly string[];
  readonly disable?: boolean;
}

/** Programs that the images of the course have of their own, by the last part of their path. */
const OWN = new Set(['prometheus', 'promtool', 'alertmanager', 'amtool', 'loki', 'logcli', 'jaeger-linux', 'otelcol-contrib']);

/** The health check of a service; undefined where it has none. @throws Untried for one that cannot be done here */
export function readHealth(service: string, health: RawHealth | undefined): HealthCheck | undefined {
  const { test, disable } = health ?? {};
  if (disable === true || test === undefined || test[0] === 'NONE') return undefined;
  const inShell = typeof test === 'string' || test[0] === 'CMD-SHELL';
  const line = typeof test === 'string' ? test : test.slice(1).join(' ');
  // What a shell makes of failure, Docker makes of it too.
  const words = line.replace(/\s*\|\|\s*(?:exit\s+\d+|false)\s*$/, '').trim();
  if (inShell && /[|&;<>`()$]/.test(words)) throw new Untried(`the health check of \`${service}\` is a script, which runs only inside its own image`);
  const command = inShell ? splitWords(words) : test.slice(1) as readonly string[];
  const program = command[0]?.split('/').at(-1) ?? '';
  if (program === 'wget' || program === 'curl') return { ...readFetch(service, program, command), words, inShell };
  if (!OWN.has(program)) throw new Untried(`the health check of \`${service}\` runs \`${program}\`, which only its own image has`);
  return { kind: 'exec', command, words, inShell };
}

function readFetch(service: string, program: 'wget' | 'curl', command: readonly string[]): { readonly kind: 'http'; readonly program: 'wget' | 'curl'; readonly url: string; readonly failsOnStatus: boolean } {
  const address = command.slice(1).find((word) => /^(?:http:\/\/)?(?:localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0|[a-z][\w.-]*)[:/]/i.test(word));
  if (address === undefined) throw new Untried(`the health check of \`${service}\` asks no address that can be read`);
  const failsOnStatus = program === 'wget' || command.some((word) => word === '--fail' || word === '--fail-with-body' || /^-[a-zA-Z]*f/.test(word));
  return { kind: 'http', program, url: address.startsWith('http://') ? address : `http://${address}`, failsOnStatus };
}
