import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Level, RuleId } from '../model/diagnostic.ts';
import type { Report, ReportShard, TranscriptChange } from '../model/report.ts';
import type { Depth, Verdict } from '../model/verdict.ts';
import schema from './report.schema.json' with { type: 'json' };

interface JsonPlace {
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
export interface JsonDiagnostic extends JsonPlace {
  readonly ruleId: RuleId;
  readonly level: Level;
  readonly related?: readonly JsonPlace[];
}
export interface JsonError {
  readonly code?: string;
  readonly message: string;
  readonly causes: readonly string[];
  readonly logTail?: string;
}
export interface JsonBlock {
  readonly id: string;
  readonly page: string;
  readonly verdict: Verdict['kind'] | 'unknown';
  readonly depth: Depth;
  readonly reason?: string;
  readonly error?: JsonError;
  readonly elapsedMs: number;
  readonly diagnostics: readonly JsonDiagnostic[];
}
/** A report as `report.schema.json` describes it. */
export interface JsonReport {
  readonly stack: Report['stack'];
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  readonly shard?: ReportShard;
  readonly blocks: readonly JsonBlock[];
  readonly pageDiagnostics: readonly JsonDiagnostic[];
  readonly changes: readonly Omit<TranscriptChange, 'diff'>[];
  readonly errors: readonly JsonError[];
}

/** @throws Error that says where the text is no report of ours */
export function readJsonReport(text: string): JsonReport {
  const value: unknown = JSON.parse(text);
  const validate = new Ajv2020({ strict: true }).compile<JsonReport>(schema);
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  throw new Error(`${first?.instancePath || 'it'} ${first?.message ?? 'is not as the schema says'}`);
}
