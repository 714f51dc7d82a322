import { changesAt, misspell, type Fault } from '../fault.ts';

/** An attribute or the name of a span that is almost right, where it is set and where it is asked for. */
export const spanAttribute: Fault = {
  name: 'span attribute',
  seed: ({ dialect, text }) => {
    if (dialect === 'jaeger') return [
      ...changesAt(text, /[{,]\s*"(?<at>[\w.]+)"\s*:/, misspell), ...changesAt(text, /"[\w.]+"\s*:\s*"(?<at>[^"\n]+)"/, misspell),
      ...changesAt(text, /^(?:service|operation)=(?<at>.+)$/m, misspell), ...changesAt(text, /^traceID=(?<at>\w+)$/m, (found) => `${found.slice(0, -1)}${found.endsWith('0') ? '1' : '0'}`),
    ];
    if (dialect === 'typescript') return [...changesAt(text, /setAttribute\('(?<at>[^'\n]+)'/, misspell), ...changesAt(text, /startActiveSpan\('(?<at>[^'\n]+)'/, misspell), ...changesAt(text, /'(?<at>service\.name)'/, misspell)];
    if (dialect === 'python') return [...changesAt(text, /set_attribute\("(?<at>[^"\n]+)"/, misspell), ...changesAt(text, /start_as_current_span\("(?<at>[^"\n]+)"/, misspell), ...changesAt(text, /(?:attributes=|Resource\()\{"(?<at>[^"\n]+)"/, misspell)];
    return [];
  },
};
