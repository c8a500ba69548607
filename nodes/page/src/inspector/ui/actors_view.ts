import type { Api } from '../api';
import { ApiError } from '../api';
import { plural } from '../format';
import type { KnownNode } from '../health';
import { keyOf, readActor, readEnded, rows, type Actor } from '../model';
import { Poller } from '../poller';
import { Rates } from '../rates';
import type { Route } from '../route';
import { graft, linesOf, Openings } from '../tree';
import { byId, make, say } from '../../ui/dom';
import { isObject, number, text, type Json } from '../../protocol';
import { ActorList } from './actor_list';
import type { Shown } from './actor_rows';
import { fillKinds, fillNodes, readTools, SORTS, writeTools, type Tools } from './actor_tools';

const EVERY_MS = 2_000;
/** Children of one actor that the tree comes with; who wants more gets so many more at a time, up to a bound. */
const EACH = 25;
const MORE = 200;
const MOST = 2_000;
/** Actors in the whole answer. */
const LIMIT = 3_000;
const TOP = 200;
/** Branches of which more is asked: each costs a question. */
const LARGE_BRANCHES = 3;

export interface ActorsDeeds {
  choose(actor: { node: string; id: number } | undefined): void;
  /** The address should say this from now on. */
  query(x: URLSearchParams): void;
}

/** The list of actors: as a tree, the busiest, or those that ended. */
export class ActorsView {
  readonly root = byId('actors');
  private readonly openings = new Openings();
  private readonly rates = new Rates();
  /** How many children are asked for, of branches where more are wanted. */
  private readonly large = new Map<string, { actor: Actor; limit: number }>();
  private readonly list: ActorList;
  private readonly poller: Poller;
  private tools: Tools = readTools(new URLSearchParams());
  private top: Actor[] = [];
  private lines: Shown[] = [];
  private chosen = '';

  constructor(private readonly api: Api, private readonly deeds: ActorsDeeds) {
    this.list = new ActorList({
      rates: (x) => ({ handled: x.handledRate ?? this.rates.last(keyOf(x))?.[0], busy: x.busyShare ?? this.rates.last(keyOf(x))?.[1] }),
      chosen: (key) => key === this.chosen,
      extra: () => SORTS[this.tools.sort]?.extra ?? 'restarts',
      several: () => this.tools.node === 'all',
    }, {
      choose: (x) => this.choose(x),
      toggle: (x, open) => this.toggle(x, open),
      dismiss: () => this.deeds.choose(undefined),
    });
    this.poller = new Poller((signal) => this.load(signal), EVERY_MS);
    const form = byId<HTMLFormElement>('actor-tools');
    form.addEventListener('submit', (e) => e.preventDefault());
    form.addEventListener('input', () => this.changed(readForm(this.tools.mode)));
    for (const x of form.querySelectorAll<HTMLButtonElement>('[data-mode]')) {
      x.addEventListener('click', () => this.changed({ ...this.tools, mode: x.dataset.mode as Tools['mode'] }));
    }
  }

  show(route: Route): void {
    this.chosen = route.actor ? keyOf(route.actor) : '';
    const before = JSON.stringify(this.tools);
    this.tools = readTools(route.query);
    writeForm(this.tools);
    if (JSON.stringify(this.tools) !== before) this.anew();
    this.list.redraw();
    this.poller.start();
  }

  hide(): void {
    this.poller.stop();
  }

  focus(): void {
    this.list.focus();
  }

  /** Which nodes there are to choose from. */
  know(nodes: readonly KnownNode[], self: string): void {
    fillNodes(nodes, self, this.tools.node);
  }

  private changed(tools: Tools): void {
    this.deeds.query(writeTools(tools));
  }

  private anew(): void {
    this.large.clear();
    this.top = [];
    this.lines = [];
    this.list.rewind();
    this.list.show([]);
    say(byId('actor-foot'), 'Asking …');
    this.poller.kick();
  }

  private choose(x: Shown): void {
    if (x.type === 'actor') this.deeds.choose({ node: x.actor.node, id: x.actor.id });
    else if (x.type === 'more') this.more(x.actor);
  }

  private toggle(x: Shown, open: boolean): void {
    if (x.type !== 'actor') return;
    this.openings.set(x.actor, open);
    this.draw();
  }

  private more(x: Actor): void {
    const key = keyOf(x);
    const limit = Math.min(MOST, (this.large.get(key)?.limit ?? EACH) + MORE);
    if (limit === x.children.length) return say(byId('actor-foot'), `More than ${MOST.toLocaleString('en')} are not listed: choose a kind, or filter.`);
    this.large.delete(key);
    this.large.set(key, { actor: x, limit });
    if (this.large.size > LARGE_BRANCHES) this.large.delete(this.large.keys().next().value!);
    this.poller.kick();
  }

  private async load(signal: AbortSignal): Promise<void> {
    try {
      if (this.tools.mode === 'ended') await this.loadEnded(signal);
      else if (this.tools.mode === 'top') await this.loadTop(signal);
      else await this.loadTree(signal);
      this.root.classList.remove('stale');
      await this.loadKinds(signal);
    } catch (error) {
      if (signal.aborted) throw error;
      this.root.classList.add('stale');
      say(byId('actor-foot'), `Not up to date: ${error instanceof ApiError ? error.message : 'the answer cannot be read'}.`);
      throw error;
    }
  }

  private async loadTree(signal: AbortSignal): Promise<void> {
    const { node, kind, text: words, sort } = this.tools;
    const answer = await this.api.get('actors', { tree: true, each: EACH, limit: LIMIT, node, kind, text: words, sort }, signal);
    const top = rows(answer, 'actors').map(readActor);
    graft(top, await this.loadLarge(signal));
    this.top = top;
    this.observe(top);
    this.draw();
    say(byId('actor-foot'), this.counted(answer));
  }

  private async loadLarge(signal: AbortSignal): Promise<Map<string, Actor[]>> {
    const result = new Map<string, Actor[]>();
    for (const [key, { actor, limit }] of this.large) {
      const { kind, text: words, sort } = this.tools;
      const answer = await this.api.get('actors', { parent: actor.id, limit, node: actor.node, kind, text: words, sort }, signal);
      result.set(key, rows(answer, 'actors').map(readActor));
    }
    return result;
  }

  private async loadTop(signal: AbortSignal): Promise<void> {
    const { node, kind, text: words, sort } = this.tools;
    const by = SORTS[sort] ?? SORTS.busy!;
    const answer = await this.api.get(by.window ? 'top' : 'actors', { sort, limit: TOP, node, kind, text: words }, signal);
    const all = rows(answer, 'actors').map(readActor);
    this.observe(all);
    // What several nodes answered stands node after node.
    if (node === 'all') all.sort((a, b) => by.key(b) - by.key(a));
    this.top = all.slice(0, TOP);
    this.draw();
    say(byId('actor-foot'), `The first ${this.top.length.toLocaleString('en')} by ${by.name}. ${this.counted(answer)}`);
  }

  private async loadEnded(signal: AbortSignal): Promise<void> {
    const ended = readEnded(await this.api.get('ended', { node: this.tools.node }, signal));
    const { kind, text: words } = this.tools;
    const shown = ended.filter((x) => (!kind || x.kind === kind) && (!words || x.label.toLowerCase().includes(words.toLowerCase())));
    this.lines = shown.map((x): Shown => ({ type: 'ended', key: `${x.node}/${x.id}`, level: 1, ended: x }));
    this.list.show(this.lines);
    say(byId('actor-foot'), shown.length ? `${plural(shown.length, 'actor')} that ended, newest first.` : 'No actor has ended yet.');
  }

  private async loadKinds(signal: AbortSignal): Promise<void> {
    const answer = await this.api.get('kinds', { node: this.tools.node }, signal);
    fillKinds(rows(answer, 'kinds').map((x) => text(x, 'kind')), this.tools.kind);
  }

  private observe(all: readonly Actor[], now = performance.now()): void {
    for (const x of all) {
      this.rates.read(keyOf(x), [x.handled, x.busy], now);
      this.observe(x.children, now);
    }
    this.rates.tidy(now);
  }

  private counted(answer: Json): string {
    const [total, matching] = [number(answer, 'total'), number(answer, 'matching')];
    if (!isObject(answer) || total === undefined) return '';
    const all = `${plural(total, 'actor')} on ${this.tools.node === 'all' ? 'all nodes' : text(answer, 'node')}`;
    return matching === undefined || matching === total ? `${all}.` : `${all}, ${matching.toLocaleString('en')} of them match.`;
  }

  private draw(): void {
    const tree = this.tools.mode === 'tree';
    this.lines = tree ? linesOf(this.top, this.openings) : this.top.map((x) => ({ type: 'actor', key: keyOf(x), level: 1, actor: x, open: undefined }));
    this.list.show(this.lines);
  }
}

function readForm(mode: Tools['mode']): Tools {
  const value = (id: string): string => byId<HTMLInputElement | HTMLSelectElement>(id).value;
  return { mode, node: value('actor-node'), kind: value('actor-kind'), sort: value('actor-sort'), text: value('actor-text').trim() };
}

function writeForm(x: Tools): void {
  const set = (id: string, value: string): void => {
    const field = byId<HTMLInputElement | HTMLSelectElement>(id);
    if (field instanceof HTMLSelectElement && ![...field.options].some((o) => o.value === value)) field.append(new Option(value, value));
    if (field !== document.activeElement || field.value.trim() !== value) field.value = value;
  };
  set('actor-node', x.node);
  set('actor-kind', x.kind);
  set('actor-sort', x.sort);
  set('actor-text', x.text);
  for (const button of document.querySelectorAll<HTMLElement>('#actor-tools [data-mode]')) {
    button.setAttribute('aria-pressed', String(button.dataset.mode === x.mode));
  }
  const last = { restarts: 'Restarts', peak: 'Peak', skipped: 'Skipped' }[SORTS[x.sort]?.extra ?? 'restarts'];
  const heads = x.mode === 'ended' ? ['Actor', 'Reason', '', 'At'] : ['Actor', 'Waiting', 'Busy', 'Messages/s', 'Wait', last];
  byId('actor-head').replaceChildren(...heads.map((h, i) => make('span', i === 0 ? '' : 'n', h)));
  byId('actors').dataset.mode = x.mode;
}
