import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const bootstrap = resolve(fileURLToPath(import.meta.url), '../../../harness/bootstrap');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A clone of nothing but the bootstrap, on a machine whose every program is a script of the test. */
export class FakeClone implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'course-bootstrap-'));

  constructor() {
    cpSync(bootstrap, join(this.root, 'harness', 'bootstrap'), { recursive: true });
    this.write('package-lock.json', '{"lockfileVersion": 3}');
    this.write('harness/main.ts', 'console.log(JSON.stringify(process.argv.slice(2)));');
    mkdirSync(join(this.root, 'bin'));
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  read(path: string): string | undefined {
    const file = join(this.root, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  /** A program on PATH, written in sh. */
  program(name: string, script: string): void {
    this.write(join('bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.root, 'bin', name), 0o755);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return spawn(process.execPath, [join(this.root, 'harness/bootstrap/run.mjs'), ...args], {
      env: { PATH: `${join(this.root, 'bin')}:/bin`, HOME: this.root, XDG_CACHE_HOME: join(this.root, 'cache'), ...env },
    });
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return outcomeOf(this.start(args, env));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function outcomeOf(child: ReturnType<FakeClone['start']>): Promise<Outcome> {
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr })));
}

/** An npm that notes how it was called, in which folder, and makes the folder that npm would make. */
export const npm = 'echo "$(pwd) $*" >> "$HOME/npm.log"; /bin/mkdir -p node_modules';
