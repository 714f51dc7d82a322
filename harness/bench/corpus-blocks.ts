/** Blocks of one kind, or of every kind in turn as lessons mix them. */
export type Kind = 'ts' | 'rules' | 'mixed';

const fence = (info: string, text: string): string => `\`\`\`${info}\n${text.trimEnd()}\n\`\`\``;
const minute = (index: number): string => `14:${String(2 + (index % 10)).padStart(2, '0')}`;

/** One typed function, one guard that throws, one `map`; nothing imported, nothing printed. @param edit changes a number that nothing depends on */
function typescript(index: number, edit = 0): string {
  return fence(`ts name=b${index}`, `
interface Order { readonly id: number; readonly cents: number; readonly items: readonly string[] }
function total${index}(orders: readonly Order[], discount: number): number {
  const sum = orders.reduce((cents, order) => cents + order.cents, 0);
  return Math.round(sum * (1 - discount)) + ${index};
}
const orders: Order[] = [1, 2, 3].map((id) => ({ id, cents: id * 100, items: [\`item-\${id}\`] }));
const expected: number = ${300 + index};
if (total${index}(orders, 0.5) !== expected) throw new Error('the total is wrong');
const names: string[] = orders.map((order) => order.items.join(', ') + ${edit});
if (names.length !== 3) throw new Error('one is missing');`.trimStart());
}

/** A rule file with one recording rule. */
export function ruleText(index: number, edit = 0): string {
  return `groups:
  - name: group-${index}
    rules:
      - record: service:http_requests_${index}:ratio_rate5m
        expr: |
          sum by (service) (rate(http_requests_total{service="checkout"}[5m]))
          /
          sum by (service) (rate(http_requests_total[5m])) >= ${edit}
`;
}
/** A file that is only checked, as one promtool call checks it. */
const rules = (index: number, edit = 0): string => fence(`yaml title="r${index}.rules.yml" no_run`, ruleText(index, edit));
const recorded = (index: number): string => fence(`yaml title="r${index}.rules.yml" name=b${index}`, ruleText(index));

const promql = (index: number, edit = 0): string => fence(`promql name=b${index} at=${minute(index)} expect="count > 0"`,
  `sum by (route) (rate(http_requests_total{service="checkout"}[5m])) * ${index + 1} + ${edit}`);
const logql = (index: number): string => fence(`logql name=b${index} at=14:12 range=2m expect="count > 20"`, `{service="checkout"} | json | duration_ms > ${index % 100}`);
const jaeger = (index: number): string => fence(`jaeger name=b${index} at=14:12 range=30s expect="count > 0"`, `service=checkout\nminDuration=${500 + (index % 400)}ms\nlimit=100`);
const shell = (index: number): string => fence(`sh name=b${index} at=14:12`, `curl -sG localhost:9090/api/v1/query --data-urlencode 'query=count(up) + ${index}' | jq -r '.data.result[0].value[1]'`);
const json = (index: number): string => fence('json', `{"order": ${index}, "items": ["a", "b"]}`);

/** In ten: four PromQL, and one each of LogQL, trace query, TypeScript, shell, recording rule and JSON. */
const MIX = [promql, logql, promql, jaeger, typescript, promql, shell, recorded, promql, json] as const;

/** The block of a place in the corpus, with its fence. */
export const BLOCK_OF: Readonly<Record<Kind, (index: number, edit?: number) => string>> = {
  ts: typescript,
  rules,
  mixed: (index, edit) => (MIX[index % MIX.length] ?? promql)(index, edit),
};
