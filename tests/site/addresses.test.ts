import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeAddresses, readRedirects, recordAddresses, type AddressReport } from '../../docs/build/addresses.ts';
import { addressIn, listEditionPages, openEditions } from '../../docs/plugins/editions.ts';

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'addresses-')); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
const publish = (...addresses: string[]): void => write('docs/addresses.txt', `# Head.\n${addresses.join('\n')}\n`);
const page = (address: string, html = '<p>Text.</p>'): void => write(`dist${address}index.html`, html);
const moved = '<!doctype html><title>Redirecting to: /b/</title><meta http-equiv="refresh" content="0;url=/b/">';
const keep = (): AddressReport => {
  const report = judgeAddresses(root, join(root, 'dist'));
  if (report.problems.length === 0) recordAddresses(root, report);
  return report;
};
const listed = (): string[] => readFileSync(join(root, 'docs/addresses.txt'), 'utf8').split('\n').filter((line) => line.startsWith('/'));

test('a page that disappears is told, with what to do', () => {
  publish('/', '/a/');
  page('/'); page('/new/');
  expect(keep().problems).toEqual(['docs/addresses.txt has /a/, which was published, and no page is there any more. Name in docs/redirects.yml the page that took its place: `/a/: /…/`.']);
});

test('a page that moved with a redirect is none that disappeared', () => {
  publish('/a/');
  write('docs/redirects.yml', '/a/: /b/\n');
  page('/a/', moved); page('/b/');
  expect(keep()).toEqual({ problems: [], added: ['/b/'] });
  expect(listed()).toEqual(['/a/', '/b/']);
});

test('new pages are written down once, in order', () => {
  publish('/b/');
  page('/b/'); page('/a/'); page('/b/c/');
  expect(keep().added).toEqual(['/a/', '/b/c/']);
  expect(listed()).toEqual(['/a/', '/b/', '/b/c/']);
  expect(keep().added).toEqual([]);
});

test.each([
  ['to a page that is not there', '/a/: /c/\n', 'docs/redirects.yml moves /a/ to /c/, and no page is there.'],
  ['to another redirect', '/a/: /z/\n/z/: /b/\n', 'docs/redirects.yml moves /a/ to /z/, and no page is there, only another redirect. Write /a/: /b/.'],
  ['from a page that is there', '/b/: /a/\n', 'docs/redirects.yml moves /b/, and a page is there. Remove the line, or the page.'],
])('a redirect %s', (_, text, problem) => {
  write('docs/redirects.yml', text);
  page('/a/', moved); page('/z/', moved); page('/b/');
  expect(keep().problems).toContain(problem);
});

test.each(['/a/: b', 'a/: /b/', '/a: /b/', '/a/: https://elsewhere.example/', '/a/: /b/#c'])('%s is no redirect within the course', (line) => {
  write('docs/redirects.yml', `${line}\n`);
  expect(() => readRedirects(root)).toThrow(/^docs\/redirects\.yml: found .*, expected an address of the course with a slash at both ends/);
});

test('a course without the list is not held to it', () => {
  page('/a/');
  expect(keep()).toEqual({ problems: [], added: [] });
  expect(existsSync(join(root, 'docs/addresses.txt'))).toBe(false);
});

describe('the course', () => {
  const repository = resolve(import.meta.dirname, '../..');
  test('has the address of every page of every edition on its list: run npm run build, and commit docs/addresses.txt', () => {
    const published = new Set(readFileSync(join(repository, 'docs/addresses.txt'), 'utf8').split('\n'));
    const pages = openEditions(repository).flatMap((edition) => listEditionPages(edition).map(({ id }) => addressIn(edition, id))).filter((address) => address !== '/404/');
    expect(pages.filter((address) => !published.has(address))).toEqual([]);
  });
});
