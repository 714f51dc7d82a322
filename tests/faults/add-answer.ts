// Stores one answer as a run of its own would: `node add-answer.ts ROOT PAGE START_MS`.
import type { PlannedBlock } from '../../harness/model/plan.ts';
import { recordAnswers } from '../../harness/record/answers.ts';

const [, , root = '', page = '', startMs = '0'] = process.argv;
const block = { id: `${page}#a`, page, name: 'a', attributes: new Map(), fence: { file: page } };
const planned = [{ block, action: { kind: 'run', backend: 'prometheus', datasets: [page] } }] as unknown as PlannedBlock[];
const answered = new Map([[block.id, { output: { kind: 'vector', atMs: 0, samples: [] } as const, diagnostics: [], versions: [{ name: 'prometheus', version: '1' }] }]]);
const lock = { formatVersion: 1, datasets: { [page]: { sha256: page, startMs: 0, endMs: 1 } }, backends: { prometheus: { version: '1', configSha256: 'b' } } } as const;
// All begin together, as near as a machine can.
while (Date.now() < Number(startMs));
const { errors, broken } = recordAnswers({ planned, answered, backends: [], root, update: true, keyOf: () => 'a'.repeat(32), lockOf: () => lock });
if (errors.size + broken.length > 0) throw [...errors.values(), ...broken][0];
