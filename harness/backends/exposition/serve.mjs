// Runs in the sandbox container, beside its pages: answers each path with the text and content type that it was given.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** @type {Record<string, { readonly contentType: string, readonly text: string }>} */
const pages = JSON.parse(readFileSync(new URL('pages.json', import.meta.url), 'utf8'));

createServer((request, response) => {
  const page = pages[request.url ?? ''];
  response.writeHead(page === undefined ? 404 : 200, { 'Content-Type': page?.contentType ?? 'text/plain' });
  response.end(page?.text ?? '');
}).listen(8080);
