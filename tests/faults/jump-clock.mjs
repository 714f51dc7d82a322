// Preloaded into a run: the wall clock is set, by CLOCK_JUMP_MS, once CLOCK_JUMP_AFTER_MS have passed. Monotonic clocks go on, as they do on a real machine.
const RealDate = Date;
const [jumpMs, afterMs] = [Number(process.env['CLOCK_JUMP_MS']), Number(process.env['CLOCK_JUMP_AFTER_MS'])];
const now = () => RealDate.now() + (performance.now() > afterMs ? jumpMs : 0);
globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }
  static now() {
    return now();
  }
};
