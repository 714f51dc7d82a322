interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly comment: string;
  readonly word: string;
  readonly name: string;
  readonly text: string;
  readonly number: string;
  readonly mark: string;
}

/** Few colours: words of the language, names one calls, text, numbers. Everything else is ink. */
function theme(name: string, type: 'light' | 'dark', palette: Palette) {
  const rule = (scope: string[], foreground: string, fontStyle?: string) => ({ scope, settings: { foreground, ...(fontStyle === undefined ? {} : { fontStyle }) } });
  return {
    name,
    type,
    colors: { 'editor.background': palette.paper, 'editor.foreground': palette.ink },
    settings: [
      { settings: { background: palette.paper, foreground: palette.ink } },
      rule(['comment', 'punctuation.definition.comment'], palette.comment),
      rule(['keyword', 'storage', 'keyword.control', 'keyword.operator', 'storage.type', 'variable.language', 'constant.language'], palette.word),
      rule(['entity.name.function', 'support.function', 'entity.name.tag', 'support.type.property-name', 'entity.other.attribute-name'], palette.name),
      rule(['string', 'punctuation.definition.string', 'string.unquoted'], palette.text),
      rule(['constant.numeric', 'constant.character', 'constant.other'], palette.number),
      rule(['punctuation', 'meta.brace'], palette.mark),
    ],
  };
}

/** Each colour has at least 7:1 on its paper. */
export const inkLight = theme('ink-light', 'light', { paper: '#f3f0e7', ink: '#1d1b18', comment: '#4f4a41', word: '#7a1f4b', name: '#164a85', text: '#1d5232', number: '#7a3a00', mark: '#45413a' });
export const inkDark = theme('ink-dark', 'dark', { paper: '#1e2024', ink: '#e9e6df', comment: '#b3aea2', word: '#f0a9c8', name: '#9fc6fb', text: '#a5d6ac', number: '#f2bd84', mark: '#c9c4b8' });
