/** The element of this id; it is in index.html, or the page is broken. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found as T;
}

/** Makes an element with a class and children; texts become text nodes, so nothing is ever parsed as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K, className = '', ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** A button that does something. */
export function button(label: string, className: string, run: () => void): HTMLButtonElement {
  const element = make('button', className, label);
  element.type = 'button';
  element.addEventListener('click', run);
  return element;
}

/** A link that leads to something on this page: words within a sentence, where a button would not wrap. */
export function link(label: string, className: string, run: () => void): HTMLAnchorElement {
  const element = make('a', className, label);
  element.href = '#';
  element.addEventListener('click', (e) => {
    e.preventDefault();
    run();
  });
  return element;
}

/** Sets the text, but only if it changes: screen readers and layout are left alone otherwise. */
export function say(element: HTMLElement, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}

const whole = new Intl.NumberFormat('en');

/** `2,000`; `12.3k` from ten thousand on, so that figures keep their place. */
export function figure(x: number): string {
  return x < 10_000 ? whole.format(Math.round(x)) : `${(x / 1000).toFixed(1)}k`;
}

/** `lunch_break` -> `lunch break`. */
export function humanise(word: string): string {
  return word.replace(/[_-]+/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** `14:03:22`, on the clock of whoever looks. `at` in seconds since the Unix epoch. */
export function clock(at: number): string {
  const d = new Date(at * 1000);
  return [d.getHours(), d.getMinutes(), d.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}
