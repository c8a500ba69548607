import { isObject, number, text, type Json, type JsonObject } from '../../protocol';
import { button, byId, clock, figure, link, make, say } from '../../ui/dom';
import { actsOn, subjectOf, type Act } from '../acts';
import { ApiError, type Api } from '../api';
import { duration, millis, plural, rate, share } from '../format';
import { keyOf, readActor, rows, type Actor } from '../model';
import { Poller } from '../poller';
import { Rates, Series } from '../rates';
import { Spark } from './spark';
import { StateView } from './state_view';
import { WhyForm } from './why_form';

const EVERY_MS = 1_000;
/** Children that are named; the list has all. */
const CHILDREN = 20;

export interface DetailsDeeds {
  choose(actor: { node: string; id: number } | undefined): void;
  act(act: Act, done: () => void): void;
  trace(subject: string): void;
}

const TIES: Record<string, string> = { links: 'Linked to actors', monitors: 'Monitors actors', monitored_by: 'Monitored by actors' };

const idsIn = (x: Json | undefined): number[] => (Array.isArray(x) ? x.filter((y) => typeof y === 'number') : []);

interface Where {
  node: string;
  id: number;
}

/** One actor, live: its counters, its state, its family, and what can be done to it. */
export class Details {
  private readonly root = byId('details');
  private readonly poller = new Poller((signal) => this.load(signal), EVERY_MS);
  private where: Where | undefined;
  private parts: Parts | undefined;
  /** Whom the shown one was put in place of, when it was restarted. */
  private before: number | undefined;

  constructor(private readonly api: Api, private readonly deeds: DetailsDeeds) {
    this.root.addEventListener('keydown', (e) => {
      if (e.key === 'Escape') this.deeds.choose(undefined);
    });
  }

  show(where: Where): void {
    if (this.where && keyOf(this.where) === keyOf(where)) return this.poller.start();
    this.where = where;
    this.parts = new Parts(this.deeds, this.api, () => this.poller.kick(), this.before);
    this.before = undefined;
    this.root.replaceChildren(...this.parts.all);
    this.root.hidden = false;
    this.root.scrollTop = 0;
    this.poller.stop();
    this.poller.start();
  }

  hide(): void {
    this.poller.stop();
    this.where = undefined;
    this.root.hidden = true;
  }

  focus(): void {
    this.root.focus();
  }

  private async load(signal: AbortSignal): Promise<void> {
    const { where, parts } = this;
    if (!where || !parts) return;
    try {
      const answer = await this.api.get(`actors/${where.id}`, { node: where.node }, signal);
      if (!isObject(answer)) return;
      const children = number(answer, 'id') === undefined ? undefined
        : await this.api.get('actors', { parent: where.id, node: where.node, limit: CHILDREN, sort: 'busy' }, signal);
      parts.fill(answer, children);
    } catch (error) {
      if (signal.aborted) throw error;
      const told = error instanceof ApiError ? error : new ApiError(200, 'the answer cannot be read');
      parts.lost(told.message, told.status === 404);
      if (told.status === 404) await this.findSuccessor(where, parts.actor, signal);
      throw error;
    }
  }

  /** A publisher that was restarted is another actor for the same character: that one is shown. */
  private async findSuccessor(where: Where, x: Actor | undefined, signal: AbortSignal): Promise<void> {
    if (x?.kind !== 'character_publisher') return;
    const answer = await this.api.get('actors', { kind: x.kind, label: x.label, node: x.node, limit: 2 }, signal);
    const [found, ...others] = rows(answer, 'actors').map(readActor);
    if (!found || others.length || found.restarts <= x.restarts || this.where !== where) return;
    this.before = x.id;
    this.deeds.choose({ node: found.node, id: found.id });
  }
}

/** What is shown of one actor. */
class Parts {
  private readonly title = make('h2', '', '…');
  private readonly place = make('p', 'faint');
  private readonly notice = make('p', 'notice-line');
  private readonly mailbox = new Spark('waiting');
  private readonly handled = new Spark('messages/s');
  private readonly busy = new Spark('busy');
  private readonly buttons = make('div', 'acts');
  private readonly facts = make('dl', 'facts');
  private readonly state = new StateView();
  private readonly family = make('div', 'family');
  private readonly ties = make('div', 'ties');
  private readonly rates = new Rates();
  private readonly series = { mailbox: new Series(), handled: new Series(), busy: new Series() };
  private readonly values = new Map<string, HTMLElement>();
  private readonly why: WhyForm;
  /** As it was told of last. */
  actor: Actor | undefined;

  /** `before`: the actor whose place it took. */
  constructor(private readonly deeds: DetailsDeeds, api: Api, private readonly again: () => void, private readonly before: number | undefined) {
    this.why = new WhyForm(api);
    this.notice.setAttribute('role', 'status');
    this.notice.hidden = true;
  }

  get all(): HTMLElement[] {
    const shut = button('×', 'icon shut', () => this.deeds.choose(undefined));
    shut.setAttribute('aria-label', 'Close the actor');
    return [
      make('header', '', this.title, shut), this.place, this.notice, this.buttons,
      make('div', 'sparks', this.mailbox.root, this.handled.root, this.busy.root), this.facts, this.why.root,
      make('h3', '', 'State'), this.state.root, this.family, this.ties,
    ];
  }

  fill(answer: JsonObject, children: Json | undefined): void {
    const x = readActor(answer);
    if (!this.actor) this.begin(x);
    this.actor = x;
    this.tell(text(answer, 'note'));
    this.enable(true);
    say(this.title, [x.kind, x.label].filter(Boolean).join(' '));
    say(this.place, `actor ${x.id} on ${x.node}, for ${duration(Date.now() / 1000 - x.spawned)}${this.before ? `; before its restart it was actor ${this.before}` : ''}`);
    this.count(x);
    this.write(x, text(answer, 'last_message'));
    this.state.show(answer.state ?? null);
    this.showFamily(x, children);
    this.showTies(answer);
  }

  /** The actor cannot be seen now, or is `gone`: nothing can be done to it any more. */
  lost(words: string, gone: boolean): void {
    this.tell(`Not up to date: ${words}.`);
    this.enable(!gone);
  }

  private enable(on: boolean): void {
    for (const x of this.buttons.querySelectorAll('button')) x.disabled = !on;
  }

  private tell(words: string): void {
    say(this.notice, words);
    this.notice.hidden = !words;
  }

  private begin(x: Actor): void {
    this.buttons.append(...actsOn(x).map((act) =>
      button(act.name, act.harsh ? 'toggle harsh' : 'toggle', () => this.deeds.act(act, this.again))));
    const subject = subjectOf(x);
    if (subject) this.buttons.append(button('Trace', 'toggle', () => this.deeds.trace(subject)));
    this.buttons.hidden = !this.buttons.children.length;
    this.why.about(x);
  }

  private count(x: Actor): void {
    const rates = this.rates.read(keyOf(x), [x.handled, x.busy], performance.now());
    this.series.mailbox.add(x.mailbox);
    if (rates) {
      this.series.handled.add(rates[0]!);
      this.series.busy.add(rates[1]!);
    }
    this.mailbox.show(figure(x.mailbox), this.series.mailbox.values);
    this.handled.show(rate(rates?.[0]), this.series.handled.values);
    this.busy.show(rates ? share(rates[1]!) : '–', this.series.busy.values);
  }

  private write(x: Actor, last: string): void {
    this.fact('handled', plural(x.handled, 'message'));
    this.fact('mean time', x.handled ? millis((x.busy / x.handled) * 1000) : '–');
    this.fact('in handlers', millis(x.busy * 1000));
    this.fact('waited', x.wait ? `${millis(x.wait * 1000)} (last one timed)` : '–');
    this.fact('peak', plural(x.peak, 'message'));
    this.fact('skipped', figure(x.skipped));
    this.fact('restarts', figure(x.restarts));
    this.fact('runs now', x.running ? `for ${millis(x.running * 1000)}` : 'no');
    this.fact('last message', last || '–');
    this.fact('since', clock(x.spawned));
  }

  private fact(name: string, words: string): void {
    let value = this.values.get(name);
    if (!value) {
      value = make('dd');
      this.values.set(name, value);
      this.facts.append(make('dt', '', name), value);
    }
    say(value, words);
  }

  private showFamily(x: Actor, children: Json | undefined): void {
    const known = children === undefined ? [] : rows(children, 'actors').map(readActor);
    const all = number(children ?? null, 'matching') ?? known.length;
    const words = JSON.stringify([x.parent, all, known.map((y) => [y.id, y.label])]);
    if (this.family.dataset.shown === words) return;
    this.family.dataset.shown = words;
    const parent = x.parent === undefined ? make('span', '', 'the node itself')
      : link(`actor ${x.parent}`, '', () => this.deeds.choose({ node: x.node, id: x.parent! }));
    const list = make('ul', '', ...known.map((y) => make('li', '', link([y.kind, y.label].filter(Boolean).join(' '), '', () => this.deeds.choose({ node: y.node, id: y.id })))));
    const more = all > known.length ? [make('p', 'faint', `and ${(all - known.length).toLocaleString('en')} more`)] : [];
    this.family.replaceChildren(make('h3', '', 'Family'), make('p', '', 'Spawned by ', parent, all ? `; spawned ${plural(all, 'actor')} that live:` : '; spawned nobody that lives.'), list, ...more);
  }

  /** Links and monitors, where the node tells of them: ids of actors of the same node. */
  private showTies(answer: JsonObject): void {
    const ties = ['links', 'monitors', 'monitored_by'].map((key) => ({ key, ids: idsIn(answer[key]), count: number(answer, `${key}_count`) ?? 0 })).filter((x) => x.ids.length);
    const elsewhere = number(answer, 'ties_elsewhere') ?? 0;
    const words = JSON.stringify([ties, elsewhere]);
    if (this.ties.dataset.shown === words) return;
    this.ties.dataset.shown = words;
    const node = text(answer, 'node');
    const lines = ties.map(({ key, ids, count }) => {
      const named = ids.slice(0, CHILDREN).flatMap((id) => [link(String(id), '', () => this.deeds.choose({ node, id })), ' ']);
      const left = Math.max(count, ids.length) - Math.min(ids.length, CHILDREN);
      return make('p', '', `${TIES[key]} `, ...named, left > 0 ? `and ${plural(left, 'other')}` : '');
    });
    if (elsewhere) lines.push(make('p', 'faint', `${plural(elsewhere, 'more tie')} with actors of other nodes, or of the actor system itself.`));
    this.ties.replaceChildren(...(lines.length ? [make('h3', '', 'Ties'), ...lines] : []));
  }
}
