/** Programs that judge more of anybody's documents than our parsers can. They come out of the images, when these are brought. */
export const SCAN_TOOLS = ['promtool', 'amtool', 'loki', 'logcli'] as const;
