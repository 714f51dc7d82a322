// node live.ts JOB.json [BASE] [MODULES]: runs one service until it ends, prints what it wrote as JSON. Its process id stands in BASE/service.pid.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from './process.ts';
import type { LiveJob } from './protocol.ts';
import { writeTree } from './tree.ts';

const [, , jobFile = '/scratch/live.json', base = '/scratch', modules = '/course/node_modules'] = process.argv;
const job = JSON.parse(readFileSync(jobFile, 'utf8')) as LiveJob;
const service = startProcess(writeTree(base, modules, job.files), job.path, job.env, job.timeoutMs);
writeFileSync(join(base, 'service.pid'), String(service.pid));
process.stdout.write(JSON.stringify(await service.ended));
