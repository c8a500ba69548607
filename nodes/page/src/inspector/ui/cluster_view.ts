import { byId, figure, make, say } from '../../ui/dom';
import { LEVELS, logLevel, type Act } from '../acts';
import { bytes, millis, plural, rate, share } from '../format';
import { healthOf, inspectorOf, linkTone, Roll, type KnownNode } from '../health';
import { busyHeat, mailboxFill, mailboxHeat } from '../heat';
import { linkWords, worseSides } from '../links';
import type { Cluster, LinkRow } from '../model';
import { Rates } from '../rates';
import { HeatCell, LiveTable, type LiveRow } from './cells';
import { ClusterMap, FEW } from './cluster_map';

export interface ClusterDeeds {
  /** Shows the actors of a node. */
  actors(node: string): void;
  act(act: Act): void;
}

const linkKey = (x: LinkRow): string => `${x.from} → ${x.to}`;

/** The cluster: its map, its nodes, its links. */
export class ClusterView {
  readonly root = byId('cluster');
  nodes: KnownNode[] = [];
  private readonly roll = new Roll();
  private readonly nodeRates = new Rates();
  private readonly linkRates = new Rates();
  private readonly map: ClusterMap;
  private readonly nodeTable: LiveTable<KnownNode>;
  private readonly linkTable = new LiveTable<LinkRow>(byId('links-table'), linkKey, () => this.linkRow());

  constructor(private readonly deeds: ClusterDeeds) {
    this.map = new ClusterMap(byId('cluster-map'), {
      handled: (node) => this.nodeRates.last(node)?.[0],
      traffic: (link) => this.linkRates.last(linkKey(link)) as [number, number] | undefined,
    }, (node) => this.deeds.actors(node));
    this.nodeTable = new LiveTable<KnownNode>(byId('nodes-table'), (x) => x.id, (x) => this.nodeRow(x.id));
  }

  /** Messages a second that all nodes handle; undefined until that is known. */
  get handledRate(): number | undefined {
    const known = this.nodes.map((x) => this.nodeRates.last(x.id)?.[0]).filter((x) => x !== undefined);
    return known.length ? known.reduce((sum, x) => sum + x, 0) : undefined;
  }

  /** Takes what the cluster is; `now` in milliseconds. */
  take(x: Cluster, now: number): void {
    this.nodes = this.roll.take(x, now);
    for (const node of x.nodes) if (node.actors !== undefined) this.nodeRates.read(node.id, [node.handled ?? 0, node.busy ?? 0], now);
    for (const link of x.links) this.linkRates.read(linkKey(link), [link.sentBytes, link.receivedBytes], now);
    if (this.root.hidden) return;
    const pairs = worseSides(x.links, x.nodes.find((node) => node.self)?.id ?? '');
    this.map.show(this.nodes, pairs);
    this.nodeTable.show(this.nodes);
    this.linkTable.show(pairs);
    byId('links-part').hidden = !pairs.length;
    say(byId('cluster-note'), this.note(x, pairs));
  }

  private note(x: Cluster, pairs: readonly LinkRow[]): string {
    if (x.etcd === undefined) return 'This node is alone: it was started without --cluster.etcd.';
    const members = `${plural(x.nodes.length, 'member')}; view ${x.revision ?? '–'} of etcd`;
    const etcd = x.etcd ? '' : 'etcd cannot be reached: the nodes go on as they are, none can come or go.';
    const hint = x.nodes.length > FEW ? 'Point at a node to see the rates of its links.' : '';
    return [`${members}.`, linkWords(pairs, x.nodes.length), hint, etcd].filter(Boolean).join(' ');
  }

  private nodeRow(id: string): LiveRow<KnownNode> {
    const name = make('button', 'as-link', id);
    name.type = 'button';
    name.addEventListener('click', () => this.deeds.actors(id));
    const [health, roles, actors, handled, restarts] = [make('span', 'chip tone'), make('span'), make('span'), make('span'), make('span')];
    const [waiting, busy] = [new HeatCell(), new HeatCell()];
    const acts = this.nodeActs(id);
    return {
      cells: [name, health, roles, actors, waiting.root, handled, busy.root, restarts, acts.root],
      show: (x) => {
        const state = healthOf(x);
        health.dataset.tone = state.tone;
        health.title = state.sentence;
        say(health, `${state.mark} ${state.word}`);
        say(roles, x.roles.join(', ') || '–');
        const counted = x.actors !== undefined && x.goneSince === undefined;
        say(actors, counted ? figure(x.actors ?? 0) : '–');
        const rates = counted ? this.nodeRates.last(id) : undefined;
        say(handled, x.counting ? rate(rates?.[0]) : 'not counted');
        say(restarts, counted ? figure(x.restarts ?? 0) : '–');
        waiting.show(counted ? figure(x.mailbox ?? 0) : '–', mailboxHeat(counted ? x.mailbox ?? 0 : 0), counted ? mailboxFill(x.mailbox ?? 0) : 0);
        // Of a node's threads together: more than the whole of one is usual.
        busy.show(rates ? share(rates[1]!) : '–', busyHeat((rates?.[1] ?? 0) / 2), (rates?.[1] ?? 0) / 2);
        acts.show(x, counted);
      },
    };
  }

  private nodeActs(id: string): { root: HTMLElement; show(x: KnownNode, counted: boolean): void } {
    const level = make('select');
    level.setAttribute('aria-label', `Log level of ${id}`);
    level.append(new Option('log level …', ''), ...LEVELS.map((x) => new Option(x, x)));
    level.addEventListener('change', () => {
      if (level.value) this.deeds.act(logLevel(id, level.value));
      level.value = '';
    });
    const own = make('a', 'own', 'its inspector');
    own.rel = 'noopener noreferrer';
    return {
      root: make('span', 'acts', level, own),
      show: (x, counted) => {
        level.disabled = !counted;
        const url = x.self ? undefined : inspectorOf(x);
        own.hidden = !url;
        if (url && own.href !== url) own.href = url;
      },
    };
  }

  private linkRow(): LiveRow<LinkRow> {
    const [name, state, out, incoming, round, behind, conflated, lost] = Array.from({ length: 8 }, () => make('span')) as [
      HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    const credit = new HeatCell('wide');
    state.className = 'chip tone';
    return {
      cells: [name, state, out, incoming, credit.root, round, behind, conflated, lost],
      show: (x) => {
        say(name, linkKey(x));
        state.dataset.tone = linkTone(x);
        say(state, [x.phase, x.breaker && x.breaker !== 'closed' ? `breaker ${x.breaker.replace('_', ' ')}` : ''].filter(Boolean).join(', '));
        state.title = x.lastError;
        const rates = this.linkRates.last(linkKey(x));
        say(out, rates ? `${bytes(rates[0]!)}/s` : '–');
        say(incoming, rates ? `${bytes(rates[1]!)}/s` : '–');
        const used = x.window ? x.inFlight / x.window : 0;
        credit.show(`${bytes(x.inFlight)} of ${bytes(x.window)}`, busyHeat(used), used);
        say(round, x.roundTripMs === undefined ? '–' : millis(x.roundTripMs));
        say(behind, figure(x.behind));
        say(conflated, figure(x.conflated));
        say(lost, figure(x.lost));
      },
    };
  }
}
