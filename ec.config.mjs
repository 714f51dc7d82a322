import { codeOptions } from './docs/code-options.ts';

export default codeOptions;
