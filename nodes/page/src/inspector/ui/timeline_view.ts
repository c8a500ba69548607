import { button, humanise, make } from '../../ui/dom';
import { millis } from '../format';
import { ticks, timelineOf, type Bar, type Lane, type Timeline } from '../timeline';
import type { TracedMessage } from '../trace_model';
import { SIGNS } from './trace_view';

/** Lanes that are drawn at first, and at most. */
const FEW = 40;
const MOST = 1_000;

/** The way of a message, drawn: a lane an actor, a bar for what it waited and one for what it took. */
export function drawTimeline(x: TracedMessage, all: boolean, showAll: () => void): HTMLElement {
  const t = timelineOf(x, all ? MOST : FEW);
  const root = make('div', 'timeline', legend(), scale(t));
  const list = make('ol', 'lanes', ...t.lanes.map((lane) => drawLane(lane, t)));
  list.setAttribute('aria-label', 'Actors, in the order in which they had the message');
  root.append(list);
  if (t.lanesLeftOff && !all) root.append(button(`Show ${t.lanesLeftOff.toLocaleString('en')} more actors`, 'toggle', showAll));
  else if (t.lanesLeftOff) root.append(make('p', 'faint', `${t.lanesLeftOff.toLocaleString('en')} more actors are not drawn.`));
  if (x.spansLeftOff) root.append(make('p', 'faint', `${x.spansLeftOff.toLocaleString('en')} steps were not kept; the numbers of receivers are complete.`));
  return root;
}

function legend(): HTMLElement {
  return make('p', 'key faint', make('span', 'swatch wait'), 'in the mailbox', make('span', 'swatch kept'), 'kept', make('span', 'swatch work'), 'in the handler');
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
  const who = make('span', 'who', make('strong', '', [lane.kind, lane.label].filter(Boolean).join(' ')), make('span', 'faint', lane.node));
  const track = make('div', 'track');
  track.setAttribute('aria-hidden', 'true');
  for (const bar of lane.bars) drawBar(track, bar, t);
  return make('li', 'lane', who, track, make('span', 'said', ...lane.bars.map(words)));
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
  const outcome = make('span', 'outcome', `${SIGNS[span.outcome]} ${span.outcome === 'passed' ? humanise(span.step) : span.outcome}`);
  outcome.dataset.outcome = span.outcome;
  const parts: [number, string][] = [[span.mailbox, 'in the mailbox'], [span.kept, 'kept'], [span.handler, 'in the handler']];
  const times = make('span', 'times', parts.filter(([ms], i) => ms || i !== 1).map(([ms]) => millis(ms)).join(' + '));
  times.title = `at ${millis(span.start)}: ${parts.map(([ms, where]) => `${millis(ms)} ${where}`).join(', ')}`;
  const line = make('span', 'one', outcome, ' ', times);
  if (span.reason) line.append(' ', make('span', 'reason', span.reason.replace(/_/g, ' ')));
  return line;
}
