import { Counter } from 'prom-client';
import { Peer } from './client.ts';
import { Failure } from './failure.ts';
import { faultsOf } from './faults.ts';
import { serve, type Body, type Reply } from './server.ts';
import { draw, readSettings, sleep, type Settings } from './settings.ts';
import { registry } from './telemetry.ts';
import { flagsOf } from './user.ts';

const settings: Settings = readSettings({ work: { ms: 3, sigma: 0.35 }, logEvery: ['POST /checkout'] });
const checkout = new Peer('checkout', settings.calls?.['checkout']);
const registrations = new Counter({ name: 'user_registrations_total', help: 'Users who registered.', registers: [registry] });

// #region checkout
/** Passes the order on. What went wrong behind it is not the customer's business: the answer is 503, whatever it was. */
async function passOn(body: Body): Promise<Reply> {
  await work(0.5);
  try {
    const order = await checkout.call('POST /checkout', body);
    await work(0.5);
    return { status: 200, body: order };
  } catch (error) {
    await work(0.5);
    throw error instanceof Failure && error.status < 500 ? error : new Failure(503, 'upstream_503');
  }
}
// #endregion

/** The page is shown either way; a form that sends nothing registers nobody. */
async function register(): Promise<Reply> {
  await work(1);
  if (faultsOf('form-broken').length === 0) registrations.inc();
  return { status: 200 };
}

async function answerAlone(): Promise<Reply> {
  await work(1);
  return { status: 200 };
}

async function work(part: number): Promise<void> {
  await sleep(draw(settings.work) * part);
}

serve({
  routes: { 'POST /checkout': passOn, 'GET /products': answerAlone, 'POST /login': answerAlone, 'POST /register': register },
  settings,
  describe: (user) => ({ 'user.role': user.role, ...flagsOf(user) }),
});
