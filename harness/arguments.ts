import { parseArgs } from 'node:util';
import { UsageError } from './pages.ts';
import { suggestWord } from './parse/index.ts';
import { readShard, type Shard } from './shard.ts';

export const HELP = `Usage: npm run <command> -- [page…] [options]

  verify   run every block of the pages against real backends and compare with the stored answers
  check    static checks only: no container engine
  merge    make one report of those of all shards: npm run merge -- 1.json 2.json --report junit=all.xml
  images   bring every backend's image: pulled, or built where no registry answers; --save FILE and
           --load FILE carry those of all editions to a machine with an engine and no network
  simulate run an incident on a virtual clock, show it at a glance, and write its metrics, logs and traces:
           npm run simulate -- checkout-lag "checkout-lag(discount.latency=0.9s)"
  dev      the site, and beside each block its verdict whenever a page is saved
  scan     judge the code in any Markdown: npm run scan -- FILE|FOLDER…; it has words of its own: npm run scan -- --help
  stop     end a container engine that we started, and remove what killed runs left

Pages: an id (day-1/checkout-lag; incidents/checkout-lag for what an incident file expects of itself), a
folder (day-1), or a path. None means all.

  --update                 store the real answers (verify); never changes what \`expect\` says
  --no-cache               prove again what this machine has already seen pass
  --watch                  again whenever a file is saved; containers stay up meanwhile (verify, check)
  --shard 1/4              only a part of the pages, of about the same cost as each other part; all parts
                           together are the whole run, and \`merge\` makes one report of theirs (verify, check)
  --stack prometheus=TAG   run against another version (also loki, jaeger, alertmanager; may be given more
                           than once) and fail where an answer would change; nothing is written (verify)
  --live                   live through the incidents of snippets/technow/live.yaml on the real services, about half a
                           minute each, and hold what their files state there; nothing is written (verify)
  --html                   also one page with charts, log lines and the slowest trace (simulate)
  --out FOLDER             where the files go; default .cache/simulated (simulate)
  --save FILE              all images as one archive: .tar, or .tar.gz, .tar.zst compressed (images)
  --load FILE              the images of such an archive into this machine's engine (images)
  --port N  --host [ADDR]  where the site is served (dev)
  --report FORMAT[=FILE]   terminal, json, sarif, junit or github; may be given more than once;
                           without FILE to standard output
  --help

Exit codes: 0 all passed, 1 a page is wrong, 2 the harness or a container broke or the command
line means nothing, 130 interrupted.
`;

export interface Arguments {
  readonly command: string;
  /** Of `merge`: files with reports; of `simulate`: names of datasets. */
  readonly pages: readonly string[];
  readonly update: boolean;
  readonly useCache: boolean;
  readonly watch: boolean;
  /** Incidents on the real services instead of blocks over datasets. */
  readonly live: boolean;
  /** Flags for the site's own server. */
  readonly server: readonly string[];
  readonly shard: Shard | undefined;
  readonly stack: readonly { readonly image: string; readonly tag: string }[];
  /** Of `simulate`. */
  readonly html: boolean;
  readonly out: string | undefined;
  /** Of `images`: an archive to write, or to read. */
  readonly archive: { readonly save: string } | { readonly load: string } | undefined;
  readonly reports: readonly { readonly format: string; readonly file: string | undefined }[];
}

/** @throws UsageError for words that mean nothing, alone or together */
export function readArguments(argv: readonly string[], commands: readonly string[]): Arguments | 'help' {
  const { values, positionals } = parse(argv);
  const [command, ...pages] = positionals;
  if (values.help || command === undefined || command === 'help') return 'help';
  if (!commands.includes(command)) {
    const near = suggestWord(command, commands);
    throw new UsageError(`there is no command "${command}"${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  refuseContradictions(command, values);
  const reports = (values.report ?? []).map((text) => {
    const [format, ...file] = text.split('=');
    return { format: format as string, file: file.length === 0 ? undefined : file.join('=') };
  });
  const server = (['port', 'host'] as const).flatMap((name) => (values[name] === undefined ? [] : [`--${name}=${values[name]}`]));
  if ((values.html === true || values.out !== undefined) && command !== 'simulate') throw new UsageError(`--html and --out belong to simulate: ${command} writes no such files`);
  if (server.length > 0 && command !== 'dev') throw new UsageError(`--port and --host belong to dev: ${command} serves nothing`);
  return {
    command, pages, reports, server, archive: readArchive(values), html: values.html ?? false, out: values.out, update: values.update ?? false, useCache: !values['no-cache'], watch: values.watch ?? false, live: values.live ?? false,
    shard: values.shard === undefined ? undefined : readShard(values.shard), stack: (values.stack ?? []).map(readTag),
  };
}

function readArchive({ save, load }: ReturnType<typeof parse>['values']): Arguments['archive'] {
  if (save !== undefined) return { save };
  return load === undefined ? undefined : { load };
}

function refuseContradictions(command: string, { save, load, update, watch, report, shard, stack, live }: ReturnType<typeof parse>['values']): void {
  const judges = command === 'verify' || command === 'check';
  if (update && command !== 'verify') throw new UsageError(`--update belongs to verify: ${command} stores nothing`);
  if (watch && !judges) throw new UsageError(`--watch belongs to verify and check: ${command} judges no page`);
  if (watch && report) throw new UsageError('--report belongs to a run that ends: leave out --watch');
  if (shard && !judges) throw new UsageError(`--shard belongs to verify and check: ${command} judges no page`);
  if (shard && watch) throw new UsageError('--shard belongs to a run that ends: leave out --watch');
  if (shard && update) throw new UsageError('--update belongs to a run in one piece: all shards would write the one lock of the answers. Leave out --shard');
  if (stack && command !== 'verify') throw new UsageError(`--stack belongs to verify: ${command} runs nothing`);
  if (stack && update) throw new UsageError('--stack only says what would change, and writes nothing: leave out --update');
  if (live && command !== 'verify') throw new UsageError(`--live belongs to verify: ${command} runs nothing`);
  if (live && (update || watch || shard || stack)) throw new UsageError('--live stores nothing and remembers nothing, and runs in one piece: leave out --update, --watch, --shard and --stack');
  if ((save !== undefined || load !== undefined) && command !== 'images') throw new UsageError(`--save and --load belong to images: ${command} keeps no archive`);
  if (save !== undefined && load !== undefined) throw new UsageError('--save writes an archive and --load reads one: leave one of them out');
  if (save === '' || load === '') throw new UsageError('--save and --load need the name of a file, such as --save images.tar.zst');
  if (stack && watch) throw new UsageError('--stack belongs to a run that ends: leave out --watch');
}

/** Docker's own form of a tag. */
const TAG = /^[\w][\w.-]{0,127}$/;

function readTag(text: string): { image: string; tag: string } {
  const at = text.indexOf('=');
  const [image, tag] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  if (!TAG.test(tag)) throw new UsageError(`--stack ${text} means nothing: expected an image and its tag, such as --stack prometheus=v3.13.0`);
  return { image, tag };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        save: { type: 'string' }, load: { type: 'string' }, update: { type: 'boolean' }, 'no-cache': { type: 'boolean' }, watch: { type: 'boolean' }, live: { type: 'boolean' }, shard: { type: 'string' }, stack: { type: 'string', multiple: true },
        html: { type: 'boolean' }, out: { type: 'string' }, port: { type: 'string' }, host: { type: 'string' }, report: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}
