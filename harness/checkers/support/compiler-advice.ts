/** Next steps for what the compiler says most often, in words of this course; undefined for every other code. */
export function adviseOnCompiler(code: string, message: string): string | undefined {
  if (/Promise<[^']*>'/.test(message) && ['TS2322', 'TS2345', 'TS2339'].includes(code) && /(?:Type|type|on type) 'Promise</.test(message)) return 'Write `await` before it: the value comes later.';
  const lacking = /Property '([^']+)' is missing in type/.exec(message)?.[1];
  if (lacking !== undefined) return `Add \`${lacking}\`.`;
  switch (code) {
    case 'TS2322':
    case 'TS2345': return adviseOnTypes(message);
    case 'TS2304': return 'Import or declare it in this block: each is a module of its own and sees no names of others.';
    case 'TS2339': return 'Correct the name, or look up what this value really has.';
    case 'TS2532':
    case 'TS18048': return 'Check it first, or write `?.` or `?? …`: under `strict` an element or variable may be absent.';
    case 'TS2554': return 'Give exactly what the function declares, or make a parameter optional (`name?: …`).';
    case 'TS7006': return `Write its type: \`${/^Parameter '([^']+)'/.exec(message)?.[1] ?? 'value'}: string\` or the like.`;
    default: return undefined;
  }
}

/** A value of one type where another belongs. */
function adviseOnTypes(message: string): string {
  const [, from = '', to = ''] = /[Tt]ype '(.*?)' is not assignable to (?:parameter of )?type '(.*?)'\./.exec(message) ?? [];
  if (from === 'string' && to === 'number') return 'Write the number without quotes, or convert with Number(…).';
  if (from === 'number' && to === 'string') return 'Quote it, or convert with String(…).';
  if (/\bundefined\b/.test(from) && !/\bundefined\b/.test(to)) return 'Say what stands in for undefined, `?? …`, or check before.';
  if (to.startsWith('"')) return 'Write one of the values that the type names.';
  return 'Change the value, or the type that is declared for it.';
}
