// `node twoslash-loop.ts MODULES PAGE.md…`: every ts block of the pages through one instance of twoslash, as site builds use it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Twoslasher = (code: string, extension: string) => { readonly nodes: readonly unknown[] };
interface Twoslash {
  createTwoslasher(options: { readonly vfsRoot: string; readonly compilerOptions: Readonly<Record<string, unknown>> }): Twoslasher;
}

const [modules = '', ...pages] = process.argv.slice(2);
const require = createRequire(join(modules, 'none.js'));
const { createTwoslasher } = await import(pathToFileURL(require.resolve('twoslash')).href) as Twoslash;
// ESNext and NodeNext, by the numbers of the compiler's enums.
const twoslasher = createTwoslasher({ vfsRoot: modules, compilerOptions: { strict: true, noUncheckedIndexedAccess: true, target: 99, module: 199, skipLibCheck: true } });
let blocks = 0;
for (const file of pages) {
  for (const [, text] of readFileSync(file, 'utf8').matchAll(/^```ts[^\n]*\n(.*?)^```$/gms)) {
    // Throws where the block does not type-check.
    twoslasher(text ?? '', 'ts');
    blocks += 1;
  }
}
process.stdout.write(`${blocks}\n`);
