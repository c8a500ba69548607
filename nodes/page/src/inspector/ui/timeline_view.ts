import { button, humanise, make } from '../../ui/dom';
import { millis } from '../format';
import { isCrowded, ticks, timelineOf, zoomed, type Bar, type Lane, type Timeline } from '../timeline';
import { writeRoute } from '../route';
import type { TracedMessage } from '../trace_model';
import { SIGNS } from './trace_view';

/** Lanes that are drawn at first, and at most. */
const FEW = 40;
const MOST = 1_000;

/** How a message is drawn: with all of its lanes, and only as far as it was passed on. */
export interface Wishes {
  all: boolean;
  zoomed: boolean;
}

/** The way of a message, drawn: a lane an actor, a bar for what it waited and one for what it took. */
export function drawTimeline(x: TracedMessage, wishes: Wishes, wish: (x: Wishes) => void): HTMLElement {
  const whole = timelineOf(x, wishes.all ? MOST : FEW);
  const t = wishes.zoomed ? zoomed(whole) : whole;
  const { all } = wishes;
  const showAll = (): void => wish({ ...wishes, all: true });
  const key = legend();
  if (isCrowded(whole)) key.append(button(wishes.zoomed ? 'Show all of the time' : 'Zoom in on the way there', 'toggle zoom', () => wish({ ...wishes, zoomed: !wishes.zoomed })));
  const root = make('div', 'timeline', key, scale(t));
  const list = make('ol', 'lanes', ...t.lanes.map((lane) => drawLane(lane, t)));
  list.setAttribute('aria-label', 'Actors, in the order in which they had the message');
  root.append(list);
  if (t.lanesLeftOff && !all) root.append(button(`Show ${t.lanesLeftOff.toLocaleString('en')} more actors`, 'toggle', showAll));
  else if (t.lanesLeftOff) root.append(make('p', 'faint', `${t.lanesLeftOff.toLocaleString('en')} more actors are not drawn.`));
  if (x.spansLeftOff) root.append(make('p', 'faint', `${x.spansLeftOff.toLocaleString('en')} steps were not kept; the numbers of receivers are complete.`));
  return root;
}

function legend(): HTMLElement {
  return make('p', 'key faint', make('span', 'swatch wait'), 'in the mailbox +', make('span', 'swatch kept'), 'kept +', make('span', 'swatch work'), 'in the handler');
}

function scale(t: Timeline): HTMLElement {
  const marks = ticks(t.from, t.until).map((at) => {
    const mark = make('span', '', millis(at));
    mark.style.left = `${part(t, at)}%`;
    return mark;
  });
  const root = make('div', 'scale', make('span', 'room'), make('div', 'track', ...marks));
  root.setAttribute('aria-hidden', 'true');
  return root;
}

const part = (t: Timeline, at: number): number => Math.max(0, Math.min(100, ((at - t.from) / (t.until - t.from)) * 100));

function drawLane(lane: Lane, t: Timeline): HTMLElement {
  const who = make('span', 'who', make('strong', '', [lane.kind, lane.label].filter(Boolean).join(' ')), make('span', 'faint', ...place(lane)));
  const track = make('div', 'track');
  track.setAttribute('aria-hidden', 'true');
  for (const bar of lane.bars) drawBar(track, bar, t);
  const root = make('li', 'lane', who, track, make('span', 'said', ...lane.bars.map(words)));
  root.dataset.node = lane.node;
  if (lane.slowest) {
    root.classList.add('slowest');
    who.append(make('span', 'badge', 'slowest'));
  }
  return root;
}

/** `n1 · actor 12`: kinds with no label are told apart by it, and it leads to the actor. */
function place({ node, actor }: Lane): (Node | string)[] {
  if (actor === undefined) return [node];
  const to = make('a', '', `actor ${actor}`);
  to.href = writeRoute({ view: 'actors', actor: { node, id: actor }, trace: undefined, query: new URLSearchParams() });
  return [`${node} · `, to];
}

function drawBar(track: HTMLElement, bar: Bar, t: Timeline): void {
  const piece = (className: string, from: number, until: number): HTMLElement => {
    const x = make('span', className);
    x.style.left = `min(${part(t, from)}%, calc(100% - 3px))`;
    x.style.width = `${part(t, until) - part(t, from)}%`;
    track.append(x);
    return x;
  };
  if (bar.taken > bar.queued) piece('bar-wait', bar.queued, bar.taken);
  if (bar.begun > bar.taken) piece('bar-kept', bar.taken, bar.begun).dataset.outcome = bar.span.outcome;
  piece('bar-work', bar.begun, bar.done).dataset.outcome = bar.span.outcome;
}

function words({ span }: Bar): HTMLElement {
  const step = humanise(span.step);
  const said = span.outcome === 'passed' ? step : step === span.outcome ? step : `${step}: ${span.outcome}`;
  const outcome = make('span', 'outcome', `${SIGNS[span.outcome]} ${said}`);
  outcome.dataset.outcome = span.outcome;
  const parts: [number, string][] = [[span.mailbox, 'in the mailbox'], [span.kept, 'kept'], [span.handler, 'in the handler']];
  const times = make('span', 'times', ...parts.filter(([ms], i) => ms || i === 2).flatMap(([ms, where], i) => [
    ...(i ? [' + '] : []), make('span', `ms ${where.split(' ').at(-1)}`, millis(ms))]));
  times.title = `at ${millis(span.start)}: ${parts.map(([ms, where]) => `${millis(ms)} ${where}`).join(', ')}`;
  const line = make('span', 'one', outcome, ' ', times, ' ', make('span', 'at', `at ${millis(span.start)}`));
  if (span.reason) line.append(' ', make('span', 'reason', span.reason.replace(/_/g, ' ')));
  return line;
}
