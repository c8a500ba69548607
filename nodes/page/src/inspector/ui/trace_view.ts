import { button, clock, make, say } from '../../ui/dom';
import { millis, plural } from '../format';
import { RECEIVERS, type Outcome, type Receivers, type Trace, type TracedMessage } from '../trace_model';
import { drawTimeline, type Wishes } from './timeline_view';

/** A sign for each outcome, for those who do not go by colours. */
export const SIGNS: Record<Outcome | keyof Receivers, string> = { passed: '→', waiting: '…', written: '✓', conflated: '≈', filtered: '⊘', dropped: '✕', held: '‖' };

export interface TraceDeeds {
  stop(id: string): void;
  shut(): void;
}

/** One trace: its messages, and the way of the chosen one. */
export class TraceView {
  private drawn = '';
  private readonly open = new Set<string>();
  private readonly wishes = new Map<string, Wishes>();

  constructor(private readonly root: HTMLElement, private readonly deeds: TraceDeeds) {}

  /** Shows a trace; without one, that it was not read yet, or that none is chosen. */
  show(x: Trace | undefined, wanted: string | undefined): void {
    if (!x) {
      this.drawn = '';
      this.root.replaceChildren(make('p', 'faint empty', wanted ? 'Asking …' : 'Follow the next messages of a character, of a type of event, or of a connection: through every actor and node, to the socket.'));
      return;
    }
    const words = JSON.stringify(x);
    if (words === this.drawn) return;
    const first = !this.drawn;
    this.drawn = words;
    if (first && x.messages[0]) this.open.add(nameOf(x.messages[0], 0));
    if (first && !x.messages.length) this.open.add('0');
    this.root.replaceChildren(this.head(x), this.about(x), ...(x.messages.length ? x.messages.map((m, i) => this.message(m, i)) : [this.waiting(x)]));
  }

  missing(words: string): void {
    this.root.replaceChildren(make('p', 'bad empty', words));
  }

  private head(x: Trace): HTMLElement {
    const shut = button('×', 'icon shut', () => this.deeds.shut());
    shut.setAttribute('aria-label', 'Close the trace');
    const stop = button('Stop', 'toggle', () => this.deeds.stop(x.id));
    stop.hidden = x.state !== 'following';
    const state = make('span', 'chip tone', x.state);
    state.dataset.tone = x.state === 'complete' ? 'good' : 'warn';
    return make('header', '', make('h2', '', x.subject), state, stop, shut);
  }

  private about(x: Trace): HTMLElement {
    const end = { complete: '', following: '', ended: ' The time is over, or somebody ended it.' }[x.state] ?? '';
    return make('p', 'faint about', `${x.messages.length.toLocaleString('en')} of ${plural(x.asked, 'message')}; asked of ${x.node} at ${clock(x.began)}.${end}`);
  }

  private waiting(x: Trace): HTMLElement {
    return make('p', 'faint empty', x.state === 'following' ? 'Waiting for its next message …' : 'No message of it came while it was followed.');
  }

  private message(x: TracedMessage, i: number): HTMLElement {
    const name = nameOf(x, i);
    const body = make('div', 'message-body');
    const line = make('summary', '',
      make('span', 'when', clock(x.began)), make('strong', '', x.type || x.subject), make('span', 'faint', x.version ? `version ${x.version}` : x.eventId),
      make('span', 'took', millis(x.tookMs)), counts(x.receivers, x.spans.length ? 'nobody receives it' : ''));
    const box = make('details', 'message', line, body);
    box.open = this.open.has(name) || (i === 0 && this.open.has('0'));
    const fill = (): void => {
      if (!box.open || body.firstChild) return;
      this.fillBody(body, x, name);
    };
    box.addEventListener('toggle', () => {
      if (box.open) this.open.add(name);
      else this.open.delete(name);
      fill();
    });
    fill();
    return box;
  }

  private fillBody(body: HTMLElement, x: TracedMessage, name: string): void {
    const about = make('p', 'faint', `Of ${x.subject}${x.epoch && x.version ? `, epoch ${x.epoch}` : ''}, from ${x.origin}. Trace ${x.traceId}${x.parentId ? `, below the publisher's span ${x.parentId}` : ''}. Clocks of nodes may differ.`);
    const draw = (): HTMLElement => drawTimeline(x, this.wishes.get(name) ?? { all: false, zoomed: false }, (wishes) => {
      this.wishes.set(name, wishes);
      body.lastElementChild!.replaceWith(draw());
    });
    body.append(about);
    if (x.slowest) body.append(make('p', '', make('strong', '', 'Slowest: '), x.slowest.words));
    if (x.byNode.length > 1) body.append(make('p', 'by-node', ...x.byNode.map(([node, y]) => make('span', '', make('strong', '', node), ' ', counts(y, 'nobody')))));
    body.append(draw());
  }
}

const nameOf = (x: TracedMessage, i: number): string => x.id || x.traceId || String(i);

/** How many got the message, and how many did not; `nobody` where there are none. */
function counts(x: Receivers, nobody: string): HTMLElement {
  const had = RECEIVERS.filter((key) => x[key]);
  const chips = had.map((key) => {
    const chip = make('span', 'outcome', `${SIGNS[key]} ${x[key]!.toLocaleString('en')} ${key}`);
    chip.dataset.outcome = key;
    return chip;
  });
  const root = make('span', 'counts', ...chips);
  if (!chips.length) say(root, nobody);
  return root;
}
