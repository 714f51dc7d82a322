import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Missing } from './report.mjs';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** A terminal and npm both pass on the same Ctrl-C: only one of them may reach the child. */
const repeatMs = 1000;

/**
 * Runs a program in a process group of its own, passes the first of each signal on to the group, and waits for its end.
 * A group of its own, because otherwise the terminal would send a second copy of what we pass on.
 */
function runGroup(program, args, options) {
  return new Promise((resolve, reject) => {
    let interruptedBy;
    const last = new Map();
    const pass = (signal) => {
      interruptedBy ??= signal;
      if (Date.now() - (last.get(signal) ?? 0) < repeatMs) return;
      last.set(signal, Date.now());
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has ended in the meantime.
      }
    };
    // Before it starts: on a busy machine it runs, and somebody presses Ctrl-C, before we come to our next line. Handlers run after this function.
    for (const signal of signals) process.on(signal, pass);
    const child = spawn(program, args, { ...options, detached: true });
    const leave = () => {
      for (const signal of signals) process.off(signal, pass);
    };
    child.on('error', (error) => {
      leave();
      reject(error);
    });
    child.on('close', (code, signal) => {
      leave();
      resolve({ code: code ?? 128 + constants.signals[signal], interruptedBy });
    });
    options.onChild?.(child);
  });
}

/** Runs the command that the user asked for; returns its exit code, 130 when it was interrupted by Ctrl-C. */
export async function runForeground(program, args, options) {
  const { code, interruptedBy } = await runGroup(program, args, { ...options, stdio: 'inherit' });
  return interruptedBy === undefined ? code : 128 + constants.signals[interruptedBy];
}

/** Runs a helper silently. Throws `Missing` with the beginning and the end of its output when it fails, without a message when interrupted. */
export async function runQuietly(program, args, options = {}) {
  let output = '';
  const onChild = (child) => {
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  };
  let ended;
  try {
    ended = await runGroup(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], onChild });
  } catch (error) {
    throw new Missing(`${program} could not be run (${error.message}). Install it, then run this again.`);
  }
  if (ended.interruptedBy !== undefined) throw new Missing('', 128 + constants.signals[ended.interruptedBy]);
  if (ended.code !== 0) throw new Missing(`${program} ${args.join(' ')} failed with exit code ${ended.code}:\n${shorten(output.trim())}`);
}

/** npm says the reason first and apt says it last. */
function shorten(output) {
  return output.length <= 3000 ? output : `${output.slice(0, 1500)}\n…\n${output.slice(-1500)}`;
}
