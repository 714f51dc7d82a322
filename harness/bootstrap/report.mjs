/** Something that we cannot bring: its message is the one line that says what to do. */
export class Missing extends Error {
  constructor(message, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Brings one thing and says so, with the time it took. */
export async function bring(what, work) {
  const startMs = Date.now();
  process.stderr.write(`bringing ${what} …\n`);
  const result = await work();
  process.stderr.write(`brought ${what} in ${Math.round((Date.now() - startMs) / 1000)}s\n`);
  return result;
}
