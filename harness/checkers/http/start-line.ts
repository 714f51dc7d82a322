import { METHODS, STATUS_CODES } from 'node:http';
import type { TextRange } from '../../model/place.ts';
import { suggest } from '../support/suggest.ts';
import type { Piece } from './read-messages.ts';

/** What is wrong with the first line of a message. */
export interface StartMistake {
  readonly rule: 'request-line' | 'status-line';
  readonly range: TextRange;
  readonly message: string;
}

const VERSION = /^HTTP\/(?:0\.9|1\.[01]|2(?:\.0)?|3(?:\.0)?)$/;

/** Judges a request line or a status line; undefined when it is right, or when nobody can know. */
export function judgeStart({ text, offset }: Piece): StartMistake | undefined {
  const line = text.trimEnd();
  const say = (rule: StartMistake['rule'], at: number, length: number, message: string): StartMistake => ({ rule, range: { offset: offset + at, length }, message });
  if (line.startsWith('HTTP/')) return judgeStatus(line, (at, length, message) => say('status-line', at, length, message));
  // A REST client takes an address alone for a GET; a body alone is a piece of something.
  if (/^(?:https?:\/\/|\/)\S*$/.test(line) || /^[\s{["]/.test(line)) return undefined;
  return judgeRequest(line, (at, length, message) => say('request-line', at, length, message));
}

type Say = (at: number, length: number, message: string) => StartMistake;

function judgeStatus(line: string, say: Say): StartMistake | undefined {
  const [version = '', status = '', ...words] = line.split(' ');
  if (!VERSION.test(version)) return say(0, version.length, explainVersion(version));
  if (!/^\d+$/.test(status)) return say(0, line.length, `Found a status line without a status, expected three digits after \`${version}\`. Write it, as \`HTTP/1.1 200 OK\`.`);
  if (!/^[1-5]\d\d$/.test(status)) return say(version.length + 1, status.length, `Found the status ${status}, expected one from 100 to 599. Correct it.`);
  const reason = words.join(' ').trim();
  const expected = STATUS_CODES[status];
  // A reason may be any text: only that of another status is a mistake.
  const other = Object.entries(STATUS_CODES).find(([code, said]) => code !== status && said?.toLowerCase() === reason.toLowerCase());
  if (other === undefined || expected === undefined || expected.toLowerCase() === reason.toLowerCase()) return undefined;
  return say(line.indexOf(reason, version.length + 1 + status.length), reason.length, `Found \`${reason}\` beside ${status}, expected \`${expected}\`: ${reason} is ${other[0]}. Correct one of them.`);
}

function judgeRequest(line: string, say: Say): StartMistake | undefined {
  const method = /^[A-Za-z]+(?= |$)/.exec(line)?.[0];
  const isMethod = method !== undefined && METHODS.includes(method.toUpperCase());
  const version = / (HTTP\/\S*)$/.exec(line)?.[1];
  if (method === undefined || (!isMethod && version === undefined && !/^[A-Z]+ \/\S*$/.test(line))) return say(0, line.length, `Found \`${line}\`, expected a request line such as \`GET /metrics HTTP/1.1\`, a status line such as \`HTTP/1.1 200 OK\`, or a header. Write it above.`);
  if (isMethod && method !== method.toUpperCase()) return say(0, method.length, `Found the method \`${method}\`, expected capitals: methods are compared letter by letter. Write \`${method.toUpperCase()}\`.`);
  const near = isMethod ? undefined : suggest(method, METHODS);
  // Others may exist: HTTP lets anybody add one.
  if (near !== undefined) return say(0, method.length, `Found the method \`${method}\`, expected one of HTTP's. Did you mean \`${near}\`?`);
  const target = line.slice(method.length, version === undefined ? undefined : -version.length).trim();
  if (target === '') return say(0, line.length, `Found a request without a target, expected one after \`${method}\`. Write its path.`);
  if (version === undefined) return undefined;
  const at = line.indexOf(target, method.length);
  if (target.includes(' ')) return say(at + target.indexOf(' '), 1, 'Found a space in the target, expected none: it ends there. Write `%20`.');
  if (!VERSION.test(version)) return say(line.length - version.length, version.length, explainVersion(version));
  if (isTarget(method, target)) return undefined;
  return say(at, target.length, `Found the target \`${target}\`, expected a path from the root, or a whole address. Write \`/${target}\`.`);
}

/** The four forms of RFC 9112. */
function isTarget(method: string, target: string): boolean {
  return target.startsWith('/') || /^[a-z][a-z0-9+.-]*:\/\//i.test(target) || target === '*' || method === 'CONNECT';
}

function explainVersion(version: string): string {
  return `Found the version \`${version}\`, expected HTTP/1.1, HTTP/2 or HTTP/3. Correct it.`;
}
