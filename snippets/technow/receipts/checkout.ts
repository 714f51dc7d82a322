import { createServer } from 'node:http';
import { logger, registry, stopTelemetry } from '../shop/telemetry.ts';

const token = 'tok_live_8f31';
const card = '4111 1111 1111 1111';
const email = 'ada@example.com';
const authorization = `Basic ${Buffer.from(`${email}:mill-lane-12`).toString('base64')}`;

const server = createServer(async (_request, response) => {
  response.setHeader('Content-Type', registry.contentType);
  response.end(await registry.metrics());
});
server.listen(Number(process.env['PORT'] ?? 8080));
process.once('SIGTERM', () => {
  server.close();
  stopTelemetry().catch((error: unknown) => logger.warn({ event: 'spans_lost' }, String(error)));
});

// #region lines
logger.info({ event: 'charge_requested', order_id: 'A-104003', card, token }, 'charge requested');
logger.info({ event: 'receipt_sent', order_id: 'A-104003', customer: { email } }, 'receipt sent');
logger.warn({ event: 'receipt_retried', request: { customer: { email } } }, 'mail server is busy');
logger.warn({ event: 'receipt_bounced', to: email }, 'mailbox is full');
logger.error({ event: 'receipt_failed', order_id: 'A-104003' }, `no receipt for ${email}`);
logger.warn({ event: 'charge_refused', order_id: 'A-104003' }, `provider refused ${card}`);
logger.warn({ event: 'login_refused', headers: { authorization } }, 'wrong password');
// #endregion
