import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A built site of three pages in two editions, as Starlight writes them: what is made of a site needs no build to be tested. */
export function writeSite(): string {
  const root = mkdtempSync(join(tmpdir(), 'built-site-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const editions = { '2.0': { title: 'Edition 2.0', stack: { prometheus: '3.14.0', loki: '3.7.6' } }, '1.0': { title: 'Edition 1.0', stack: { prometheus: '2.42.0' } } };
  write('docs/editions.json', JSON.stringify({ current: '2.0', editions }));
  const outline = 'day-1:\n  title: Day 1\n  parts:\n    - title: Blind\n      pages: [day-1/index, day-1/labels]\n';
  for (const [folder, prefix, lang] of [['', '', 'en'], ['docs/editions/1.0/', '1.0/', 'en-x-1-0']] as const) {
    write(`${folder}docs/outline.yml`, outline);
    for (const [id, title, text] of pages) {
      write(`${folder}docs/content/docs/${id}.mdx`, `---\ntitle: ${title}\n---\n`);
      write(`dist/${prefix}${id.replace(/\/?index$/, '')}/index.html`, htmlOf({ title, lang, address: `/${prefix}${id.replace(/index$/, '')}`.replace(/\/?$/, '/'), text: text.replaceAll(/(<a [^>]*href=")\//g, `$1/${prefix}`) }));
    }
  }
  write('dist/index.html', htmlOf({ title: 'Home', lang: 'en', address: '/', text: '<p>Welcome. <a href="/day-1/labels/#price">Their price</a> <a href="https://prometheus.io/docs/">elsewhere</a></p><p class="volumes"><a href="/offline/incident-logbook-offline.zip">all as one zip</a></p>' }));
  write('dist/_astro/page.css', "@font-face { font-family: 'Text'; font-display: optional; src: url(/_astro/text.woff2) format('woff2'); } body { background: rgb(251, 250, 246); }");
  write('dist/_astro/text.woff2', 'not really a font');
  write('dist/_astro/page.js', "import { say } from './shared.js';\nsay('page');\n");
  write('dist/_astro/shared.js', 'export const say = (what) => { document.documentElement.dataset.said = `${document.documentElement.dataset.said ?? ""}${what};`; };\n');
  write('dist/_astro/Search.astro_lang.js', 'throw new Error("this asks a server");\n');
  write('dist/pagefind/pagefind.js', 'export const search = 0;\n');
  write('dist/sitemap-0.xml', '<urlset/>');
  write('snippets/exercises/metrics/start.ts', 'export const start = 1;\n');
  write('snippets/exercises/metrics/solution.ts', 'export const solution = 1;\n');
  write('harness/images/loki/image.json', JSON.stringify({ reference: 'grafana/loki:3.7.6', version: '3.7.6' }));
  return root;
}

const token = (text: string, dark: string, light: string): string => `<span style="--0:${dark};--1:${light}">${text}</span>`;
const line = (...tokens: readonly string[]): string => `<div class="ec-line" style="--ecIndent:2ch"><div class="code">${tokens.join('')}</div></div>`;

/** What a page has that no book can have as it is. */
export const lesson = `
<p><data class="quoted">19 %</data> of the orders fail. A <a class="term" href="/glossary/#label" data-means="A name and a value.">label</a> has its <a href="/day-1/labels/#price">price</a>; see <a href="/rules/">rules</a>.</p>
<div class="sl-heading-wrapper level-h2"><h2 id="price">The price</h2><a class="sl-anchor-link" href="#price"><span class="sr-only" data-pagefind-ignore>Section titled “The price”</span></a></div>
<div class="expressive-code"><link rel="stylesheet" href="/_astro/page.css"><script type="module" src="/_astro/page.js"></script><figure class="frame has-title not-content"><figcaption class="header"><span class="title">a.promql</span></figcaption><pre data-language="promql" aria-label="promql block a"><code>${line(token('sum', '#9FC6FB', '#164A85'), token('(up)', '#E9E6DF', '#1D1B18'))}${line(token('&lt; 2', '#E9E6DF', '#1D1B18'))}</code></pre><div class="copy"><button title="Copy" data-code="sum(up)"></button></div></figure></div>
<div role="group" class="reading not-content" aria-label="Answer of a" data-block="day-1/labels#a"><span class="rail" aria-hidden="true">14:10</span><p class="reading-head">Prometheus 3.14.0 answered</p><div class="chart"><div class="wide"><svg viewBox="0 0 720 300" role="img" aria-label="A chart."><text class="axis">wide</text></svg></div><div class="narrow"><svg viewBox="0 0 350 270" role="img" aria-label="A chart."><path class="line series-1" d="M0 0L1 1"></path></svg></div></div><p class="figure">2.494</p><pre><code>\u001b[31mred</code></pre></div>
<div class="expressive-code"><figure class="frame is-wrong"><p class="wrong-flag">wrong on purpose</p><figcaption class="header"></figcaption><pre><code>${line(token('x', '#9FC6FB', '#164A85'))}</code></pre></figure></div>
<div class="expressive-code"><figure class="frame is-wrong"><p class="wrong-flag">wrong on purpose</p><figcaption class="header"><span class="title">b.ts</span></figcaption><pre><code>${line(token('x', '#9FC6FB', '#164A85'))}</code></pre></figure></div>
<figure class="drawing"><svg viewBox="0 0 10 10"><style>.node { fill: var(--paper) }</style><rect fill="var(--ink)"></rect></svg></figure>
<starlight-tabs data-sync-key="language"><div class="tablist-wrapper"><ul role="tablist"><li role="presentation"><a role="tab" href="#p0" id="t0">TypeScript</a></li><li role="presentation"><a role="tab" href="#p1" id="t1">Python</a></li></ul></div><div id="p0" aria-labelledby="t0" role="tabpanel"><p>one</p></div><div id="p1" aria-labelledby="t1" role="tabpanel" hidden><p>two</p></div></starlight-tabs>
<div class="ask quiz" role="group" aria-label="A question with options"><p class="ask-question">Which?</p><ol class="quiz-options"><li><details class="quiz-option" open><summary>This</summary><p><strong>Yes.</strong> Because.</p></details><script>document.currentScript.previousElementSibling.open=false</script></li></ol></div>`;

const pages = [['day-1/index', 'Day 1', '<p>It begins with <a href="/day-1/labels/">labels</a>.</p>'], ['day-1/labels', 'Labels', lesson], ['glossary', 'Glossary', '<dl class="glossary"><dt id="label">label</dt><dd>A name and a value.</dd></dl>']] as const;

interface Written {
  readonly title: string;
  readonly lang: string;
  readonly address: string;
  readonly text: string;
}

function htmlOf({ title, lang, address, text }: Written): string {
  return `<!DOCTYPE html><html lang="${lang}" dir="ltr"><head><meta charset="utf-8"/><title>${title}</title><link rel="canonical" href="https://course.example${address}"/><link rel="sitemap" href="/sitemap-index.xml"/><link rel="stylesheet" href="/_astro/page.css"><script type="module" src="/_astro/page.js"></script><script type="module">document.documentElement.dataset.inline = 'ran';</script></head>
<body><header><a href="/">Home</a><site-search><button data-open-modal disabled>Search</button><dialog aria-label="Search"><div class="dialog-frame"><button data-close-modal>Cancel</button><div id="starlight__search"></div></div></dialog></site-search><script type="module" src="/_astro/Search.astro_lang.js"></script></header>
<main data-pagefind-body><div class="page-title"><h1 id="_top"${title === 'Glossary' ? ' data-pagefind-weight="1"' : ''}>${title}</h1></div><div class="sl-markdown-content">${text}</div></main></body></html>`;
}
