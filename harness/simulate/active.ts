import type { Fault, FaultKind, FaultOf } from './fault.ts';

/** The faults that hold now, by kind. Kept up to date by the timeline, so that a request that none meets pays nothing. */
export class ActiveFaults {
  readonly #byKind = new Map<FaultKind, Fault[]>();

  add(fault: Fault): void {
    this.#byKind.set(fault.kind, [...(this.#byKind.get(fault.kind) ?? []), fault]);
  }
  remove(fault: Fault): void {
    this.#byKind.set(fault.kind, (this.#byKind.get(fault.kind) ?? []).filter((other) => other !== fault));
  }
  /** All of a kind, in the order of the file. */
  all<K extends FaultKind>(kind: K): readonly FaultOf<K>[] {
    return (this.#byKind.get(kind) ?? NONE) as readonly FaultOf<K>[];
  }
  /** The first of a kind that aims at the instance, or at all of its service. */
  at<K extends FaultKind>(kind: K, instance: { readonly name: string; readonly service: string }): FaultOf<K> | undefined {
    return this.all(kind).find((fault) => aimsAt(fault, instance));
  }
}
const NONE: readonly Fault[] = [];

/** True for a fault without a target too: it meets everybody. */
export function aimsAt(fault: Fault, { name, service }: { readonly name: string; readonly service: string }): boolean {
  return !('service' in fault) || (fault.service === service && (fault.instance === undefined || fault.instance === name));
}
