const SPLIT = new Map<string, { readonly method: string; readonly route: string }>();

/** `POST /checkout` as labels. */
export function splitEndpoint(endpoint: string): { readonly method: string; readonly route: string } {
  const found = SPLIT.get(endpoint);
  if (found !== undefined) return found;
  const space = endpoint.indexOf(' ');
  const split = { method: endpoint.slice(0, space), route: endpoint.slice(space + 1) };
  SPLIT.set(endpoint, split);
  return split;
}
