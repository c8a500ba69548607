import { clock, figure, make, say } from '../../ui/dom';
import { millis, rate, share } from '../format';
import { busyHeat, mailboxFill, mailboxHeat } from '../heat';
import type { Actor, Ended } from '../model';
import type { Line } from '../tree';
import { HeatCell } from './cells';
import type { RowWriter } from './virtual_list';

/** What a line of the list can be. */
export type Shown = Line | { type: 'ended'; key: string; level: number; ended: Ended };

/** What the rows ask of the list. */
export interface RowSource {
  /** Messages a second, and the share of its time; undefined until that is known. */
  rates(x: Actor): { handled: number | undefined; busy: number | undefined };
  active(index: number): boolean;
  chosen(key: string): boolean;
  /** The counter in the last column. */
  extra(): 'restarts' | 'peak' | 'skipped';
  /** Actors of several nodes are listed: each says which is its own. */
  several(): boolean;
}

interface Cells {
  toggle: HTMLElement;
  kind: HTMLElement;
  label: HTMLElement;
  mailbox: HeatCell;
  busy: HeatCell;
  handled: HTMLElement;
  wait: HTMLElement;
  extra: HTMLElement;
}

/** Writes the lines of the list of actors. */
export class ActorRows implements RowWriter<Shown> {
  private readonly cells = new WeakMap<HTMLElement, Cells>();

  constructor(private readonly source: RowSource) {}

  make(): HTMLElement {
    const [toggle, kind, label] = [make('span', 'toggle'), make('span', 'kind'), make('span', 'label')];
    const [handled, wait, extra] = [make('span', 'n'), make('span', 'n'), make('span', 'n')];
    const [mailbox, busy] = [new HeatCell(), new HeatCell()];
    toggle.setAttribute('aria-hidden', 'true');
    const row = make('div', 'row', make('span', 'name', toggle, kind, label), mailbox.root, busy.root, handled, wait, extra);
    row.setAttribute('role', 'row');
    for (const cell of row.children) cell.setAttribute('role', 'gridcell');
    this.cells.set(row, { toggle, kind, label, mailbox, busy, handled, wait, extra });
    return row;
  }

  fill(row: HTMLElement, x: Shown, index: number): void {
    const cells = this.cells.get(row)!;
    row.id = `actor-row-${index}`;
    row.setAttribute('aria-level', String(x.level));
    row.setAttribute('aria-rowindex', String(index + 1));
    row.setAttribute('aria-selected', String(x.type === 'actor' && this.source.chosen(x.key)));
    row.classList.toggle('active', this.source.active(index));
    row.dataset.type = x.type;
    row.style.setProperty('--level', String(Math.min(x.level, 8) - 1));
    const open = x.type === 'actor' ? x.open : undefined;
    if (open === undefined) row.removeAttribute('aria-expanded');
    else row.setAttribute('aria-expanded', String(open));
    say(cells.toggle, open === undefined ? '' : open ? '▾' : '▸');
    if (x.type === 'actor') this.fillActor(cells, x.actor, x.open);
    else if (x.type === 'more') this.fillPlain(cells, '', `… ${x.left.toLocaleString('en')} more`, '', '');
    else this.fillPlain(cells, x.ended.kind, x.ended.label, x.ended.reason || 'not needed any more', clock(x.ended.at));
    row.title = x.type === 'actor' ? `${x.actor.kind} ${x.actor.label}, actor ${x.actor.id} on ${x.actor.node}` : '';
  }

  private fillActor(cells: Cells, x: Actor, open: boolean | undefined): void {
    const rates = this.source.rates(x);
    say(cells.kind, x.kind);
    const family = open === undefined ? '' : `(${x.childCount.toLocaleString('en')})`;
    say(cells.label, [x.label, family, this.source.several() && `on ${x.node}`].filter(Boolean).join(' '));
    cells.mailbox.root.hidden = cells.busy.root.hidden = false;
    cells.mailbox.show(figure(x.mailbox), mailboxHeat(x.mailbox), mailboxFill(x.mailbox));
    cells.busy.show(rates.busy === undefined ? '–' : share(rates.busy), busyHeat(rates.busy ?? 0), rates.busy ?? 0);
    say(cells.handled, rate(rates.handled));
    say(cells.wait, x.wait ? millis(x.wait * 1000) : '–');
    say(cells.extra, figure(x[this.source.extra()]));
  }

  private fillPlain(cells: Cells, kind: string, label: string, words: string, last: string): void {
    say(cells.kind, kind);
    say(cells.label, label);
    cells.mailbox.root.hidden = cells.busy.root.hidden = true;
    say(cells.handled, words);
    say(cells.wait, '');
    say(cells.extra, last);
  }
}
