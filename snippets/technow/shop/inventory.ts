import { Counter, Gauge } from 'prom-client';
import { Database } from './database.ts';
import { Failure } from './failure.ts';
import { faultsOf } from './faults.ts';
import { serve, type Body, type Reply } from './server.ts';
import { draw, readSettings, sleep, type Settings } from './settings.ts';
import { logger, registry } from './telemetry.ts';

const settings = readSettings({
  work: { ms: 3, sigma: 0.35 },
  database: { connections: 10, timeoutMs: 2_000, query: { ms: 5, sigma: 0.3 } },
} satisfies Settings);
let stock = (settings as Settings).stock;
const database = new Database('inventory-db-1', settings.database, ['stock_by_sku']);

// #region metrics
const reservations = new Counter({ name: 'inventory_reservations_total', help: 'Reservations, by what came of them.', labelNames: ['result'], registers: [registry] });
for (const result of ['reserved', 'rejected']) reservations.inc({ result }, 0);
// Only where units are counted can any be sold.
const sold = stock === undefined ? undefined : new Counter({ name: 'inventory_units_sold_total', help: 'Units sold.', registers: [registry] });
sold?.inc((settings as Settings).history?.unitsSold ?? 0);
if (stock !== undefined) new Gauge({ name: 'inventory_stock_units', help: 'Units left.', registers: [registry], collect() { this.set(stock ?? 0); } });
// #endregion

// #region reserve
/** One unit for one order. */
async function reserve({ order_id }: Body): Promise<Reply> {
  await sleep(draw(settings.work));
  try {
    if (stock === undefined) await database.query('stock_by_sku', () => undefined);
    else await takeUnit(stock, order_id);
  } catch (error) {
    if (stock === undefined || (error instanceof Failure && error.status === 409)) reservations.inc({ result: 'rejected' });
    throw error;
  }
  reservations.inc({ result: 'reserved' });
  return { status: 200 };
}

/** Reads, checks and writes: as one step, or, while the race is on, as three, between which others may read the same number. */
async function takeUnit(before: number, orderId: unknown): Promise<void> {
  await database.query('read_stock', () => stock, { 'stock.before': before });
  const [race] = faultsOf('stock-race');
  if (race !== undefined) await sleep(draw(race.value));
  const seen = race === undefined ? stock ?? 0 : before;
  if (seen < 1) {
    logger.warn({ event: 'stock_check_failed', stock: seen, order_id: orderId }, 'stock check failed');
    throw new Failure(409, 'out_of_stock');
  }
  stock = seen - 1;
  await database.query('write_stock', () => undefined, { 'stock.after': seen - 1 });
  sold?.inc();
}
// #endregion

serve({ routes: { 'POST /reserve': reserve }, settings });
