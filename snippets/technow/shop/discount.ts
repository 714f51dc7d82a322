import { serve, type Reply } from './server.ts';
import { draw, readSettings, sleep, type Settings } from './settings.ts';

const settings: Settings = readSettings({ work: { ms: 4, sigma: 0.35 } });
const PERCENT = 10;

// #region quote
async function quote(): Promise<Reply> {
  await sleep(draw(settings.work));
  return { status: 200, body: { percent: PERCENT } };
}
// #endregion

serve({ routes: { 'GET /quote': quote }, settings, describe: ({ role }) => ({ 'user.role': role }) });
