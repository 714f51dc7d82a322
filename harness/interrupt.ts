/** How long an interrupted run may take to end by itself: several times what it was seen to need. */
const GRACE_MS = 15_000;

/** A signal that Ctrl-C, SIGTERM and SIGHUP abort. What then hangs is ended, but not without removing what it started. */
export function listenForInterrupt(): AbortSignal {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {
    interrupt.abort();
    setTimeout(() => void giveUp(), GRACE_MS).unref();
  });
  return interrupt.signal;
}

async function giveUp(): Promise<never> {
  try {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const [{ connectEngine }, { isOfThisHost, sweep }] = await Promise.all([import('./backends/engine-client.ts'), import('./backends/engine-sweep.ts')]);
    const { container } = await connectEngine(say);
    await sweep(container.dockerode, (labels) => isOfThisHost(labels) && labels['course.pid'] === String(process.pid), say);
  } finally {
    process.exit(130);
  }
}
