import { button, byId, clock, make, say } from '../../ui/dom';
import { ApiError, type Api } from '../api';
import { plural } from '../format';
import { Poller } from '../poller';
import type { Route } from '../route';
import { readTrace, readTraces, type Trace } from '../trace_model';
import { TraceView } from './trace_view';

const EVERY_MS = 1_000;
const KINDS: Record<string, string> = { character: 'Its id', event: 'Type of the event', connection: 'The connection, as c17' };

export interface TracesDeeds {
  choose(trace: string | undefined): void;
}

/** Starts traces, lists them, and shows one. */
export class TracesView {
  readonly root = byId('traces');
  private readonly poller = new Poller((signal) => this.load(signal), EVERY_MS);
  private readonly what = byId<HTMLSelectElement>('trace-what');
  private readonly id = byId<HTMLInputElement>('trace-id');
  private readonly error = byId('trace-error');
  private readonly list = byId('trace-rows');
  private readonly view = new TraceView(byId('trace'), { stop: (id) => void this.stop(id), shut: () => this.deeds.choose(undefined) });
  private chosen: string | undefined;
  private shown: Trace | undefined;
  private listed = '';

  constructor(private readonly api: Api, private readonly deeds: TracesDeeds) {
    byId('trace-form').addEventListener('submit', (e) => {
      e.preventDefault();
      void this.begin();
    });
    this.what.addEventListener('change', () => this.name());
  }

  show(route: Route): void {
    const subject = route.query.get('subject');
    const [, kind, id] = /^(character|event|connection):([^]+)$/.exec(subject ?? '') ?? [];
    if (kind && id) {
      this.what.value = kind;
      this.id.value = id;
    }
    this.name();
    if (this.chosen !== route.trace) this.shown = undefined;
    this.chosen = route.trace;
    this.root.dataset.chosen = String(Boolean(this.chosen));
    this.view.show(this.shown, this.chosen);
    this.poller.start();
    this.poller.kick();
  }

  hide(): void {
    this.poller.stop();
  }

  private name(): void {
    say(byId('trace-id-name'), KINDS[this.what.value] ?? 'Id');
  }

  private async begin(): Promise<void> {
    const body = {
      subject: `${this.what.value}:${this.id.value.trim()}`, count: byId<HTMLInputElement>('trace-count').valueAsNumber,
      seconds: byId<HTMLInputElement>('trace-seconds').valueAsNumber,
    };
    this.error.hidden = true;
    try {
      const trace = readTrace(await this.api.post('traces', body));
      if (trace) this.deeds.choose(trace.id);
    } catch (error) {
      this.complain(error);
    }
  }

  private async stop(id: string): Promise<void> {
    try {
      await this.api.delete(`traces/${encodeURIComponent(id)}`);
    } catch (error) {
      this.complain(error);
    }
    this.poller.kick();
  }

  private complain(error: unknown): void {
    say(this.error, error instanceof ApiError ? error.message : 'The answer cannot be read.');
    this.error.hidden = false;
  }

  private async load(signal: AbortSignal): Promise<void> {
    try {
      this.fillList(readTraces(await this.api.get('traces', {}, signal)));
      // What is complete does not change any more.
      if (this.chosen && this.shown?.state !== 'complete' && this.shown?.state !== 'ended') await this.loadOne(this.chosen, signal);
      this.root.classList.remove('stale');
    } catch (error) {
      if (signal.aborted) throw error;
      this.root.classList.add('stale');
      this.complain(error);
      throw error;
    }
  }

  private async loadOne(id: string, signal: AbortSignal): Promise<void> {
    try {
      this.shown = readTrace(await this.api.get(`traces/${encodeURIComponent(id)}`, {}, signal));
      this.view.show(this.shown, id);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      this.view.missing(error.message);
    }
  }

  private fillList(all: readonly Trace[]): void {
    const words = JSON.stringify([this.chosen, all.map((x) => [x.id, x.state, x.subject])]);
    if (words === this.listed) return;
    this.listed = words;
    this.list.replaceChildren(...all.map((x) => {
      const row = button('', 'trace-row', () => this.deeds.choose(x.id));
      row.setAttribute('aria-current', String(x.id === this.chosen));
      row.append(make('strong', '', x.subject), make('span', 'faint', `${x.state}, since ${clock(x.began)}, ${plural(x.asked, 'message')} asked for`));
      return make('li', '', row);
    }));
    if (!all.length) this.list.replaceChildren(make('li', 'faint', 'No trace runs. Nothing is followed, and nothing costs, until one is asked for.'));
  }
}
