import { number, text } from '../protocol';
import { Theme } from '../theme';
import { byId, figure, say } from '../ui/dom';
import { Gate } from '../ui/gate';
import type { Act } from './acts';
import { Api, ApiError } from './api';
import { duration, rate } from './format';
import { joinLinks, linksTold } from './links';
import { readCluster, rows, type LinkRow } from './model';
import { Poller } from './poller';
import { readRoute, VIEWS, writeRoute, type Route } from './route';
import { fillSorts } from './ui/actor_tools';
import { ActorsView } from './ui/actors_view';
import { ClusterView } from './ui/cluster_view';
import { Confirm } from './ui/confirm';
import { Details } from './ui/details';
import { TracesView } from './ui/traces_view';

const EVERY_MS = 2_000;

/** The page: the address says what is shown, each part asks the node for itself. */
export class Inspector {
  private readonly api = new Api((url, init) => fetch(url, init), Gate.known());
  private readonly gate = new Gate((token) => this.enter(token));
  private readonly confirm = new Confirm(async (act) => void (await this.api.post('actions', act.body)));
  private readonly cluster = new ClusterView({ actors: (node) => this.go({ view: 'actors', query: this.about({ node }) }), act: (x) => this.act(x) });
  private readonly actors: ActorsView;
  private readonly details: Details;
  private readonly traces: TracesView;
  private readonly poller = new Poller((signal) => this.load(signal), EVERY_MS);
  private readonly theme = new Theme(() => {});
  private route: Route = readRoute(location.hash);
  private self = '';
  private answeredAt = 0;
  private trouble: ApiError | undefined;

  constructor() {
    fillSorts();
    const choose = (actor: Route['actor']): void => this.choose(actor);
    this.actors = new ActorsView(this.api, { choose, query: (query) => this.go({ ...this.route, query }, true) });
    this.details = new Details(this.api, {
      choose, act: (x, done) => this.act(x, done),
      trace: (subject) => this.go({ view: 'traces', query: new URLSearchParams({ subject }) }),
    });
    this.traces = new TracesView(this.api, { choose: (trace) => this.go({ view: 'traces', trace }) });
  }

  start(): void {
    this.api.heard = (trouble) => this.heard(trouble);
    byId('theme').addEventListener('click', () => this.theme.toggle());
    window.addEventListener('hashchange', () => this.show(readRoute(location.hash)));
    document.addEventListener('visibilitychange', () => document.hidden || this.poller.kick());
    setInterval(() => this.tick(), 1000);
    this.show(this.route);
    this.poller.start();
    Object.defineProperty(window, 'towncrier', { value: this.handle() });
  }

  /** `window.towncrier`: figures to read, for tests and the curious. */
  private handle(): object {
    const page = this;
    return Object.freeze({
      get phase() { return byId('status').dataset.phase; },
      get nodes() { return page.cluster.nodes.map((x) => ({ ...x })); },
      get route() { return writeRoute(page.route); },
    });
  }

  private async load(signal: AbortSignal): Promise<void> {
    if (!this.self) {
      const own = rows(await this.api.get('nodes', {}, signal), 'nodes');
      this.self = text(own.find((x) => number(x, 'actors') !== undefined) ?? null, 'id');
    }
    const cluster = readCluster(await this.api.get('nodes', { node: 'all' }, signal), this.self);
    if (this.route.view === 'cluster' && cluster.nodes.length > 1) cluster.links = joinLinks(cluster.links, await this.told(signal));
    this.cluster.take(cluster, performance.now());
    this.actors.know(this.cluster.nodes, this.self);
    const sum = (key: 'actors' | 'mailbox'): number => cluster.nodes.reduce((all, x) => all + (x[key] ?? 0), 0);
    say(byId('meter-nodes'), figure(cluster.nodes.length));
    say(byId('meter-actors'), figure(sum('actors')));
    say(byId('meter-waiting'), figure(sum('mailbox')));
    say(byId('meter-handled'), rate(this.cluster.handledRate));
  }

  /** A node that does not answer for its links is no reason to show nothing. */
  private async told(signal: AbortSignal): Promise<LinkRow[]> {
    try {
      return await linksTold(this.api, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return [];
    }
  }

  // -- where we are

  private about(query: Record<string, string>): URLSearchParams {
    if (query.node === this.self) delete query.node;
    return new URLSearchParams(query);
  }

  /** Goes there; `instead`: without a step that leads back. */
  private go(x: Partial<Route> & Pick<Route, 'view'>, instead = false): void {
    const hash = writeRoute({ actor: undefined, trace: undefined, query: new URLSearchParams(), ...x });
    if (hash === location.hash) return this.show(readRoute(hash));
    if (!instead) {
      location.hash = hash;
      return;
    }
    history.replaceState(null, '', hash);
    this.show(readRoute(hash));
  }

  private choose(actor: Route['actor']): void {
    const query = this.route.view === 'actors' ? this.route.query : new URLSearchParams();
    this.go({ view: 'actors', actor, query });
  }

  private show(route: Route): void {
    const before = this.route;
    this.route = route;
    for (const view of VIEWS) {
      byId(view).hidden = view !== route.view;
      if (view === route.view) byId(`to-${view}`).setAttribute('aria-current', 'page');
      else byId(`to-${view}`).removeAttribute('aria-current');
    }
    document.title = `${route.view[0]!.toUpperCase()}${route.view.slice(1)} · Towncrier inspector`;
    if (route.view === 'actors') this.actors.show(route);
    else this.actors.hide();
    if (route.view === 'traces') this.traces.show(route);
    else this.traces.hide();
    byId('actors').dataset.chosen = String(Boolean(route.actor));
    if (route.actor) this.details.show(route.actor);
    else this.details.hide();
    // Where the details cover the list, the keyboard goes with them, and back.
    if (before.actor && !route.actor && route.view === 'actors') this.actors.focus();
    if (route.view === 'cluster' && before.view !== 'cluster') this.poller.kick();
  }

  // -- how it is

  private enter(token: string): void {
    this.api.token = token;
    this.poller.kick();
    this.show(this.route);
  }

  private act(x: Act, done: () => void = () => {}): void {
    this.confirm.ask(x, done);
  }

  private heard(trouble: ApiError | undefined): void {
    // Who has not given a token yet did nothing wrong.
    if (trouble?.refused) this.gate.open(this.api.token ? trouble.message : '');
    if (!trouble) {
      if (this.trouble?.refused) this.gate.close();
      // It may have come back under another name.
      if (this.trouble?.status === 0) this.self = '';
      this.answeredAt = performance.now();
    }
    this.trouble = trouble;
    this.tick();
  }

  private tick(): void {
    const { trouble } = this;
    const seconds = (performance.now() - this.answeredAt) / 1000;
    const phase = trouble?.refused ? 'refused' : trouble ? 'offline' : this.answeredAt ? 'live' : 'connecting';
    byId('status').dataset.phase = phase;
    say(byId('status-text'), { refused: 'Not admitted', offline: 'No answer', live: this.self || 'Live', connecting: 'Connecting' }[phase]);
    byId('trouble').hidden = !trouble;
    document.body.classList.toggle('lost', trouble !== undefined);
    if (!trouble) return;
    say(byId('trouble-words'), trouble.refused ? `The node refuses (${trouble.status}): ${trouble.message}` : this.silence());
    say(byId('trouble-age'), this.answeredAt ? `What you see is ${duration(seconds)} old.` : '');
  }

  private silence(): string {
    const others = this.cluster.nodes.some((x) => !x.self && x.admin) ? ' The inspectors of other nodes are linked in Cluster.' : '';
    return `The node does not answer; it is asked again.${others}`;
  }
}
