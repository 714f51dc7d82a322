import type { QueryLanguage } from '../../dashboard/model.ts';
import type { RunRequest, RunResult, StartedBackend } from '../../model/backend.ts';
import type { Attribute, Block } from '../../model/block.ts';

/** One question to a backend: over a window that ends at the dashboard's now, or at that instant. */
export interface Asking {
  readonly language: QueryLanguage;
  readonly text: string;
  readonly window: { readonly rangeMs: number; readonly stepMs: number } | undefined;
}
/** Asks all at once, each language of its own backend. @returns answers in the order of the questions */
export type Ask = (questions: readonly Asking[]) => Promise<readonly RunResult[]>;

/**
 * Asks as if each question were a block of its own, so that a panel's answer is what a lesson's query would be answered.
 * @param backendFor starts what is not started yet
 */
export function askAs(request: RunRequest, backendFor: (language: QueryLanguage) => Promise<StartedBackend>, signal: AbortSignal): Ask {
  return async (questions) => {
    const blocks = questions.map((question) => toBlock(request.block, question));
    const results = new Map<Block, RunResult>();
    await Promise.all([...new Set(questions.map(({ language }) => language))].map(async (language) => {
      const started = await backendFor(language);
      const own = blocks.filter((block) => block.language === language);
      await started.run(own.map((block) => ({ ...request, block })), (result) => void results.set(result.block, result), signal);
    }));
    return blocks.map((block) => results.get(block) as RunResult);
  };
}

function toBlock(block: Block, { language, text, window }: Asking): Block {
  const times: Readonly<Record<string, string>> = window === undefined ? {} : { range: `${window.rangeMs}ms`, step: `${window.stepMs}ms` };
  const at = block.attributes.get('at');
  const attributes = new Map([...(at === undefined ? [] : [['at', at] as const]), ...Object.entries(times).map(([name, value]): readonly [string, Attribute] => [name, { name, value, place: block.fence }])]);
  return { ...block, language, text, shownText: text, attributes };
}
