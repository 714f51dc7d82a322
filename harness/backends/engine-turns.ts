const last = new Map<string, Promise<void>>();

/**
 * One container at a time joins or leaves a network. Docker 20.10 counts a network's members wrong when two do so at once: it raises the count
 * in the object that others read, and once more when it finds that they wrote first. Such a network can never be removed.
 * @param networks names; those of one caller are taken together, in the order in which callers come, so nobody waits in a circle
 * @returns ends the turn
 */
export async function takeTurn(networks: readonly string[]): Promise<() => void> {
  const before = networks.map((name) => last.get(name));
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const name of networks) last.set(name, promise);
  await Promise.all(before);
  return () => {
    for (const name of networks) if (last.get(name) === promise) last.delete(name);
    resolve();
  };
}
