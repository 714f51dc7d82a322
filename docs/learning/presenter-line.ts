/// <reference lib="dom" />

/** Something to teach, in the order of the page. */
export interface Beat {
  readonly kind: 'heading' | 'ask' | 'quiz' | 'note';
  /** Text; of a note, HTML of our own page. */
  readonly content: string;
  /** Of a quiz: the options that are right. */
  readonly right?: readonly string[];
}
/** From the lesson: the page, and which of its beats the window is at (-1: before the first). From the presenter: asks for both, or closes. */
export type Message =
  | { readonly kind: 'page'; readonly title: string; readonly minutes: number; readonly beats: readonly Beat[]; readonly next: string }
  | { readonly kind: 'at'; readonly beat: number }
  | { readonly kind: 'ask' }
  | { readonly kind: 'here' }
  | { readonly kind: 'close' }
  | { readonly kind: 'closed' };

export interface Line {
  send(message: Message): void;
}

const NAME = 'course-presenter';

/**
 * Opens the line between the windows of a lesson and its notes. Where pages are files, windows share no channel: they are told directly.
 * @param hear called with each message of the other window
 * @param peer the other window, as far as it is known; only asked for files
 * @param adopt takes a window that asks before it is known: a lesson to which its reader went on does not know the one with the notes
 */
export function openLine(hear: (message: Message) => void, peer: () => Window | null, adopt?: (asking: Window) => void): Line {
  if (location.protocol !== 'file:') {
    const channel = new BroadcastChannel(NAME);
    channel.addEventListener('message', ({ data }) => hear(data as Message));
    return { send: (message) => channel.postMessage(message) };
  }
  addEventListener('message', ({ data, source }: MessageEvent<{ readonly name?: string; readonly message?: Message }>) => {
    if (data?.name !== NAME || data.message === undefined || source === null) return;
    if (peer() === null && data.message.kind === 'ask') adopt?.(source as Window);
    if (source === peer()) hear(data.message);
  });
  return { send: (message) => peer()?.postMessage({ name: NAME, message }, '*') };
}

/** Alt+P, on every layout of keys: no single letter, which a voice or a slip would press. */
export function isPresenterKey({ altKey, ctrlKey, metaKey, code }: KeyboardEvent): boolean {
  return altKey && !ctrlKey && !metaKey && code === 'KeyP';
}
