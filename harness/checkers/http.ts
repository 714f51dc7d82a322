import { MIMEType } from 'node:util';
import type { Block } from '../model/block.ts';
import { defineChecker, type Finding } from '../model/checker.ts';
import type { Rule } from '../model/diagnostic.ts';
import { readMessages, type Message, type Piece } from './http/read-messages.ts';
import { judgeStart } from './http/start-line.ts';
import { findJsonMistakes } from './json.ts';
import { wholeBlock } from './support/ranges.ts';

const rules = {
  'request-line': { level: 'error', summary: 'A sample does not begin with a method, a target and a version.' },
  'status-line': { level: 'error', summary: 'The first line of a response has no status, or the words of another one.' },
  'header': { level: 'error', summary: 'A header is not written as `Name: value`.' },
  'no-blank-line': { level: 'error', summary: 'No empty line parts the headers from the body.' },
  'body': { level: 'error', summary: 'A body is not what its Content-Type says.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

/** What stands for something else: nothing is known about its line, or its body. */
const STAND_IN = /\.\.\.|…|<[^>\n]+>|\{\{|\$\{|\$[A-Z]|\{\w+\}/;
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;

/** Requests and responses as RFC 9112 writes them, one or several a block. Never sent. */
export const http = defineChecker({
  name: 'http',
  languages: ['http'],
  attributes: [],
  rules,
  check: async (blocks) => blocks.flatMap((block) => checkBlock(block).map((found) => ({ block, ...found }))),
});

function checkBlock(block: Block): Found[] {
  const { text } = block;
  if (text.trim() === '') return [{ rule: 'request-line', range: wholeBlock(block), message: 'Found an empty block, expected a request or a response. Write one, or remove the block.' }];
  // What curl prints has its own marks in front of each line.
  if (/^[<>*](?: |$)/.test(text)) return [];
  return readMessages(text).flatMap(checkMessage);
}

function checkMessage(message: Message): Found[] {
  const { start, headers, isJoined, body } = message;
  const hasVersion = start !== undefined && /\bHTTP\//.test(start.text);
  // The consoles of search engines put a body right below the line, in a JSON of their own.
  if (isJoined && !hasVersion && headers.length === 0) return [];
  const ofStart = start === undefined || STAND_IN.test(start.text) ? undefined : judgeStart(start);
  // What does not begin as a message has no headers either.
  if (ofStart?.rule === 'request-line' && !hasVersion && ofStart.range.length === start?.text.trimEnd().length) return [ofStart];
  // Below a line without a version, what is no header is an answer.
  const isAnswer = start !== undefined && !hasVersion && headers.some(({ text }) => !/^\s|^[\w-]+\s*:/.test(text));
  const ofHeaders = isAnswer ? [] : headers.flatMap(judgeHeader);
  const blank: Found[] = isJoined && body !== undefined
    ? [{ rule: 'no-blank-line', range: { offset: body.offset, length: (body.text.split('\n')[0] ?? '').length }, message: 'Found the body right below the headers, expected an empty line between them: the server would read this as a header. Add it.' }]
    : [];
  return [...(ofStart === undefined ? [] : [ofStart]), ...ofHeaders, ...blank, ...judgeBody(headers, body)];
}

function judgeHeader({ text, offset }: Piece): Found[] {
  // A line that is indented goes on with the one above.
  if (/^\s/.test(text) || STAND_IN.test(text)) return [];
  const line = text.trimEnd();
  const say = (at: number, length: number, message: string): Found[] => [{ rule: 'header', range: { offset: offset + at, length }, message }];
  const colon = line.indexOf(':');
  if (colon === -1) return say(0, line.length, 'Found a header without a colon, expected `Name: value`. Write the colon behind the name.');
  const name = line.slice(0, colon);
  // HTTP/2 shows its start line as headers that begin with a colon.
  if (name === '' || TOKEN.test(name)) return [];
  const spaces = name.length - name.trimEnd().length;
  if (TOKEN.test(name.trimEnd())) return say(colon - spaces, spaces, `Found a space before the colon of \`${name.trimEnd()}\`, expected none: servers refuse it. Remove it.`);
  return say(0, name.length, `Found \`${name}\`, which cannot be the name of a header. Write it of letters, digits and hyphens.`);
}

/** Holds the body against its content type: JSON, or one JSON value a line. Others, and what is packed or cut, are not judged. */
function judgeBody(headers: readonly Piece[], body: Piece | undefined): Found[] {
  if (body === undefined || STAND_IN.test(body.text)) return [];
  const valueOf = (name: string): string | undefined => headers.find(({ text }) => text.toLowerCase().startsWith(`${name}:`))?.text.slice(name.length + 1).trim().toLowerCase();
  if (valueOf('content-encoding') !== undefined || valueOf('transfer-encoding')?.includes('chunked') === true) return [];
  const type = essenceOf(valueOf('content-type'));
  const pieces = type === 'lines' ? linesOf(body) : type === 'json' ? [body] : [];
  return pieces.flatMap(({ text, offset }) => findJsonMistakes(text, offset)).map(({ range, message }) => ({
    rule: 'body', range, message: message.replace(', or tag the block jsonl and write one value a line', ', or correct the Content-Type').replace(', or change the tag', ''),
  }));
}

function essenceOf(contentType: string | undefined): 'json' | 'lines' | undefined {
  if (contentType === undefined) return undefined;
  const essence = parseType(contentType);
  if (essence === undefined) return undefined;
  if (/^application\/(?:x-ndjson|x-jsonlines|jsonl|x-json-stream)$/.test(essence)) return 'lines';
  return essence === 'application/json' || essence.endsWith('+json') ? 'json' : undefined;
}

/** Undefined where the value is no media type. */
function parseType(contentType: string): string | undefined {
  try {
    return new MIMEType(contentType).essence;
  } catch {
    return undefined;
  }
}

function linesOf({ text, offset }: Piece): Piece[] {
  let at = offset;
  return text.split('\n').flatMap((line) => {
    const piece = { text: line, offset: at };
    at += line.length + 1;
    return line.trim() === '' ? [] : [piece];
  });
}
