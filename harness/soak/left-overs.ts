import { readdirSync, readFileSync } from 'node:fs';
import { connectEngine } from '../backends/engine-client.ts';
import type { CourseCopy } from './copy.ts';

/** Everything of one run that is still there after its end, in words: containers, networks, volumes, processes, files. */
export async function findLeftOvers(copy: CourseCopy, pid: number): Promise<string[]> {
  const { dockerode } = (await connectEngine(() => undefined)).container;
  const filters = { label: [`course.pid=${pid}`] };
  const [containers, networks, volumes] = await Promise.all([dockerode.listContainers({ all: true, filters }), dockerode.listNetworks({ filters }), dockerode.listVolumes({ filters })]);
  return [
    ...containers.map(({ Names, Image }) => `container ${Names[0] ?? ''} of ${Image}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...processesOf(pid), ...halfWritten(copy),
  ];
}

/** Files that a run writes beside their place first, and locks; and all that stands in its folder for temporary files. */
export function halfWritten({ root, temporary }: CourseCopy): string[] {
  const inCourse = readdirSync(`${root}/docs`, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp$|\.busy$/.test(name)).map((name) => `file docs/${name}`);
  return [...inCourse, ...readdirSync(temporary).map((name) => `temporary file ${name}`)];
}

/** Of the run's process group, which nobody else is in. */
function processesOf(group: number): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // Behind the name, which may hold spaces: state, parent, group.
      const [state, , of] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(of) === group && state !== 'Z' ? [`process ${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`] : [];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}
