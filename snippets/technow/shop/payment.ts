import { Counter } from 'prom-client';
import { faultsOf } from './faults.ts';
import { serve, type Body, type Reply } from './server.ts';
import { draw, readSettings, sleep, type Settings } from './settings.ts';
import { logger, registry } from './telemetry.ts';

const settings: Settings = readSettings({ work: { ms: 14, sigma: 0.35 }, logEvery: ['POST /charge'] });
const token = process.env['PAYMENT_TOKEN'] ?? 'token-of-february';
const provider = 'acme-pay';

const attempts = new Counter({ name: 'payment_attempts_total', help: 'Attempts to charge, by what the provider made of them.', labelNames: ['provider', 'result'], registers: [registry] });
for (const result of ['success', 'declined', 'error']) attempts.inc({ provider, result }, 0);

// #region charge
/** Whatever the provider answers is passed on: to it, and so to us, a refusal is an answer like any other. */
async function charge({ order_id, card, email }: Body): Promise<Reply> {
  logger.debug({ event: 'charge_requested', order_id, card, email, token }, 'charge requested');
  const { status, code } = await askProvider();
  attempts.inc({ provider, result: status === 'accepted' ? 'success' : 'declined' });
  if (status === 'accepted') return { status: 200, body: { status }, msg: 'payment accepted', fields: { payment_status: status } };
  return {
    status: 200, body: { status, code }, msg: 'payment declined', isNotable: true,
    fields: { payment_status: status, provider_code: code }, attributes: { 'payment.status': status },
  };
}
// #endregion

/** Stands in for the provider, which changes its tokens when it likes. */
async function askProvider(): Promise<{ readonly status: string; readonly code?: string }> {
  await sleep(draw(settings.work));
  const [rotated] = faultsOf('rotated-token');
  return rotated === undefined ? { status: 'accepted' } : { status: 'auth_rejected', code: rotated.code };
}

serve({ routes: { 'POST /charge': charge }, settings, about: ({ order_id }) => ({ order_id }) });
