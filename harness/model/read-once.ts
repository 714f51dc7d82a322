/** Texts of a course many times over: a watching process sees a new one with every save. */
const MOST_TEXTS = 5_000;

/** The same reader, which reads each text once in the life of the process: pages show the same file again and again. */
export function readOnce<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let facts = known.get(text);
    if (facts === undefined) {
      if (known.size >= MOST_TEXTS) known.clear();
      known.set(text, (facts = read(text)));
    }
    return facts;
  };
}
