/** Text that a block's copy button puts on the clipboard, by block id; filled while pages are read, used while they are drawn. */
const copies = new Map<string, string>();

export function registerCopy(blockId: string, text: string): void {
  copies.set(blockId, text);
}

export function copyOf(blockId: string): string | undefined {
  return copies.get(blockId);
}
