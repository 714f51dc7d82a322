import { defineCourseCheck, type CourseContext, type CourseFinding, type Spot } from '../model/course-check.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { isCode, isCompose, isServiceConfig, isShell } from './kinds.ts';
import { readCode } from './read-code.ts';
import { readCompose, readConfig } from './read-config.ts';
import { nearestTo } from './rule-blocks.ts';

const rules = {
  'other-port': { level: 'error', summary: 'A service has one port here and another elsewhere in the course.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** A service, and a port at which it listens or is called. */
interface Endpoint {
  readonly host: string;
  readonly port: string;
  readonly at: Spot;
}

/** The port of a service is the same in its code, in Compose, where it is scraped or called, and in commands. The stack decides, else who comes first. */
export const ports = defineCourseCheck({
  rules,
  check: ({ blocks, stack }: CourseContext) => {
    const decided = Map.groupBy(stack.flatMap(endpointsIn), ({ host }) => host);
    return [...Map.groupBy(blocks.flatMap(endpointsIn), ({ host }) => host)].flatMap(([host, found]) => {
      const first = found[0]?.at.block;
      return compare(found, decided.get(host) ?? found.filter(({ at }) => at.block === first));
    });
  },
});

function compare(found: readonly Endpoint[], decided: readonly Endpoint[]): CourseFinding<keyof typeof rules>[] {
  const expected = [...new Set(decided.map(({ port }) => port))];
  return found.filter(({ port }) => !expected.includes(port)).map(({ host, port, at }) => {
    const other = nearestTo(at.block.page, decided.map((one) => one.at)) as Spot;
    return {
      rule: 'other-port', at,
      message: `Found port ${port} of \`${host}\`, expected ${expected.join(' or ')}, as elsewhere in the course: whoever follows both pages connects to nothing. Write the same port at both places.`,
      related: [{ message: `\`${host}\` has port ${expected.join(' or ')} here`, at: other }],
    };
  });
}

function endpointsIn(block: Block): Endpoint[] {
  const toEndpoints = ({ text, range }: { readonly text: string; readonly range: Spot['range'] }): Endpoint[] => {
    const [host = '', port = ''] = text.split(':');
    return isServiceName(host) ? [{ host, port, at: { block, range } }] : [];
  };
  if (isServiceConfig(block)) return readConfig(block.text).targets.flatMap(toEndpoints);
  if (isCompose(block)) return readCompose(block.text).services.flatMap(({ name, ports: known }) => known.map((port) => ({ host: name.text, port, at: { block, range: name.range } })));
  if (isShell(block)) return readCode(block.text).addresses.flatMap(toEndpoints);
  if (!isCode(block)) return [];
  const { ports: listened, addresses } = readCode(block.text);
  return [...listened.flatMap(({ text, range }) => namesOf(block).map((host) => ({ host, port: text, at: { block, range } }))), ...addresses.flatMap(toEndpoints)];
}

/** What code is the service of: the name that it gives its telemetry, else that of its file. */
function namesOf(block: Block): string[] {
  const own = readCode(block.text).services[0]?.text ?? /^([\w-]+)\.(?:ts|js|py)$/.exec(block.title ?? '')?.[1];
  return own === undefined ? [] : [own];
}

/** Not the reader's own machine, an address in numbers, or a name on the Internet. */
function isServiceName(host: string): boolean {
  return /^[a-z][\w-]*$/.test(host) && host !== 'localhost';
}
