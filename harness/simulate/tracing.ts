import type { AttributeValue, Span } from '../model/dataset.ts';
import type { Visit } from './visit.ts';
import type { Instance } from './instance.ts';
import type { World } from './world.ts';

export interface OpenSpan {
  readonly spanId: string;
  /** Records it, from its beginning until now. */
  end(attributes: Readonly<Record<string, AttributeValue>>, errorType: string | undefined): void;
}

/** Begins a span now. One that never ends was never sent. */
export function beginSpan(
  world: World,
  visit: Visit,
  instance: Instance,
  operation: string,
  kind: Span['kind'],
  parentSpanId: string | undefined,
): OpenSpan {
  const { loop, incident } = world;
  const beganUs = loop.nowUs;
  const spanId = visit.random.hex(2);
  return {
    spanId,
    end(attributes, errorType) {
      const span: Span = {
        traceId: visit.traceId,
        spanId,
        parentSpanId,
        service: instance.service,
        instance: instance.name,
        operation,
        kind,
        startUs: incident.startMs * 1000 + beganUs,
        durationUs: loop.nowUs - beganUs,
        attributes: errorType === undefined ? attributes : { ...attributes, 'error.type': errorType },
        failed: errorType !== undefined,
      };
      // The sampler decides when the root ends; what an abandoned server does after that belongs to a trace that it kept, or to none.
      if (!visit.ended || visit.kept) visit.spans.push(span);
      if (parentSpanId !== undefined) return;
      visit.ended = true;
      visit.kept = isKept(world, visit, span);
      world.settle(visit);
    },
  };
}

function isKept({ sampling }: World, visit: Visit, root: Span): boolean {
  if (root.durationUs > sampling.slowerThanUs) return true;
  if (sampling.errors && visit.spans.some(({ failed }) => failed)) return true;
  return visit.samplingDraw < sampling.share;
}
