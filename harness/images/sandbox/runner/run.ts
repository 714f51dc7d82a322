// node run.ts JOBS.json [BASE] [MODULES]: runs every block in a process of its own, prints the results as JSON.
import { readFileSync } from 'node:fs';
import { startProcess } from './process.ts';
import type { BlockJob, BlockResult, RunJobs } from './protocol.ts';
import { writeTree, type Tree } from './tree.ts';

const [, , jobsFile = '/scratch/jobs.json', base = '/scratch', modules = '/course/node_modules'] = process.argv;
const jobs = JSON.parse(readFileSync(jobsFile, 'utf8')) as RunJobs;
const results = await runAll(jobs, writeTree(base, modules, jobs.files));
process.stdout.write(JSON.stringify(results));

/** `parallel` at a time, of those that talk to ports one. Results in the order of the jobs. */
async function runAll({ blocks, parallel, timeoutMs }: RunJobs, tree: Tree): Promise<BlockResult[]> {
  const waiting = [...blocks];
  const ended = new Map<BlockJob, BlockResult>();
  let networkBusy = false;
  const take = (): BlockJob | undefined => {
    const index = waiting.findIndex((job) => !job.networked || !networkBusy);
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  };
  const run = async (job: BlockJob): Promise<void> => void ended.set(job, { id: job.id, ...(await startProcess(tree, job.path, {}, timeoutMs).ended) });
  const work = async (): Promise<void> => {
    for (let job = take(); job !== undefined; job = take()) {
      if (job.networked) networkBusy = true;
      await run(job);
      if (job.networked) networkBusy = false;
    }
  };
  // A worker that found only networked blocks may have left while one was running: whoever ran it goes on with them.
  await Promise.all(Array.from({ length: parallel }, work));
  // All share the container's memory: when it is used up, the kernel may end a neighbour of whoever did that. Alone, each ends by its own doing.
  if (parallel > 1) for (const job of blocks.filter((one) => isKilled(ended.get(one)))) await run(job);
  return blocks.map((job) => ended.get(job) as BlockResult);
}

function isKilled(result: BlockResult | undefined): boolean {
  return result?.signal === 'SIGKILL' && !result.timedOut;
}
