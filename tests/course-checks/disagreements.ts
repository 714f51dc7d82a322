/** A place of the fixture course: a page or another file, and the text that is pointed at. */
export type Where = readonly [file: string, text: string];
/** One seeded disagreement: its rule, the place where it shows, the place that it is a disagreement with, and words of the message. */
export interface Seeded {
  readonly rule: string;
  readonly at: Where;
  readonly with: Where;
  readonly says: string;
}
const page = (name: string): string => `docs/content/docs/${name}.mdx`;

/** Everything that is wrong in `fixtures/disagree`, written by hand. */
export const seeded: readonly Seeded[] = [
  { rule: 'dead-runbook', at: [page('alerts'), '/runbooks/checkout-slowly/'], with: [page('runbooks/checkout-slow'), 'title: Checkout is slow'], says: 'HighLatencyP99: There is no page `/runbooks/checkout-slowly/`. Did you mean `/runbooks/checkout-slow/`?' },
  { rule: 'dead-runbook', at: [page('alerts'), '/runbooks/checkout-slow/#frist'], with: [page('runbooks/checkout-slow'), 'title: Checkout is slow'], says: 'Did you mean `#first`?' },
  { rule: 'undefined-alert', at: [page('asking'), 'HighErorRatio'], with: [page('alerts'), 'HighErrorRatio'], says: 'Did you mean `HighErrorRatio`?' },
  { rule: 'undefined-alert', at: [page('asking'), 'HighLatencyP9'], with: [page('alerts'), 'HighLatencyP99'], says: 'expected one that a rule of the course defines' },
  { rule: 'undefined-alert', at: [page('asking'), 'TargetDwn'], with: ['snippets/stack/rules/targets.rules.yml', 'TargetDown'], says: 'Did you mean `TargetDown`?' },
  { rule: 'off-scale', at: [page('asking'), 'critical'], with: ['docs/glossary.yml', "{alert: page, means: 'Somebody is woken.'}"], says: 'expected one of page, ticket, info' },
  { rule: 'other-port', at: [page('services'), '8081'], with: ['snippets/stack/prometheus.yml', 'checkout:8080'], says: 'Found port 8081 of `checkout`, expected 8080' },
  { rule: 'other-port', at: [page('services'), 'jaeger:4319'], with: ['snippets/stack/compose.yaml', 'jaeger'], says: 'expected 16686 or 4317 or 4318' },
  { rule: 'other-port', at: [page('stack'), 'alertmanager:9094'], with: ['snippets/stack/compose.yaml', 'alertmanager'], says: 'Write the same port at both places.' },
  { rule: 'other-port', at: [page('stack'), 'search:9001'], with: [page('services'), '9000'], says: 'Found port 9001 of `search`, expected 9000' },
  { rule: 'other-port', at: [page('stack'), 'oncall-bridge:9096'], with: ['snippets/stack/alertmanager.yml', 'oncall-bridge:9095'], says: 'expected 9095' },
  { rule: 'other-port', at: [page('stack'), 'loki:3200'], with: ['snippets/stack/compose.yaml', 'loki'], says: 'expected 3100' },
  { rule: 'other-service', at: [page('services'), 'paymnet'], with: ['snippets/incidents/shops/standard.yaml', 'payment'], says: 'Found the service `paymnet`, expected `payment`' },
  { rule: 'other-service', at: [page('stack'), 'chekcout'], with: ['snippets/stack/prometheus.yml', 'checkout'], says: 'Found the job `chekcout`, expected `checkout`' },
  { rule: 'other-service', at: [page('stack'), 'gatewy'], with: ['snippets/incidents/shops/standard.yaml', 'gateway'], says: 'Write the same name everywhere.' },
  { rule: 'other-service', at: [page('stack'), 'serch'], with: [page('stack'), 'search'], says: 'Found the service `serch`, expected `search`' },
  { rule: 'undefined-recording', at: [page('drawn'), 'service:order:rate5m'], with: [page('metrics'), 'service:orders:rate5m'], says: 'Did you mean `service:orders:rate5m`?' },
  { rule: 'unexposed-metric', at: [page('drawn'), 'order_placed_total'], with: [page('metrics'), 'orders_placed_total'], says: 'Did you mean `orders_placed_total`?' },
  { rule: 'unexposed-metric', at: [page('drawn'), 'cart_filled_total'], with: [page('metrics'), 'carts_filled'], says: 'expected a metric that code or a dataset of the course exposes' },
  { rule: 'other-service', at: [page('drawn'), 'gatewai'], with: ['snippets/incidents/shops/standard.yaml', 'gateway'], says: 'Found the job `gatewai`' },
  { rule: 'other-service', at: [page('drawn'), 'checkuot'], with: ['snippets/stack/prometheus.yml', 'checkout'], says: 'expected `checkout`' },
  { rule: 'other-port', at: [page('stack'), 'alertmanager:9095'], with: ['snippets/stack/compose.yaml', 'alertmanager'], says: 'expected 9093' },
];
