import { isObject, type Json } from '../../protocol';
import { make, say } from '../../ui/dom';
import { ApiError, type Api } from '../api';
import type { Actor } from '../model';
import { StateView } from './state_view';

/** The reasons of the API, in words. */
const REASONS: Record<string, string> = {
  delivered: 'It was given the last change.',
  conflated_and_waiting: 'It is behind: it gets the latest state when its socket has taken what is queued.',
  waiting_for_the_flush: 'The change goes out with the next flush.',
  catching_up: 'It is catching up on what it missed.',
  held_for_resume: 'It is held until the client has resumed.',
  outside_its_area: 'The character is outside the area that the client watches.',
  not_subscribed: 'The client has no subscription that the character is in.',
  nothing_subscribed: 'The client has subscribed to nothing.',
  unknown_character: 'Nobody knows this character.',
  character_removed: 'The character was removed.',
  not_welcome_yet: 'The client was not let in yet.',
  closed: 'The connection is closed.',
  no_such_connection: 'There is no such connection.',
};

/** Asks why a connection saw a character's last change, or did not. */
export class WhyForm {
  readonly root = make('form', 'why');
  private readonly input = make('input');
  private readonly words = make('p', 'answer');
  private readonly more = new StateView();
  private actor: Actor | undefined;

  constructor(private readonly api: Api) {
    this.root.hidden = true;
    this.input.required = true;
    this.input.placeholder = 'character id';
    this.input.autocomplete = 'off';
    this.input.spellcheck = false;
    this.words.setAttribute('role', 'status');
    const go = make('button', 'toggle', 'Why?');
    go.type = 'submit';
    this.root.append(make('label', '', make('span', '', 'Why did it (not) see'), this.input), go, this.words, this.more.root);
    this.root.addEventListener('submit', (e) => {
      e.preventDefault();
      void this.ask();
    });
  }

  /** Only a connection can be asked about. */
  about(x: Actor): void {
    this.actor = x.kind === 'connection' ? x : undefined;
    this.root.hidden = !this.actor;
  }

  private async ask(): Promise<void> {
    const { actor } = this;
    if (!actor) return;
    try {
      const answer = await this.api.get('why', { connection: actor.label, character: this.input.value.trim(), node: actor.node });
      this.show(answer);
    } catch (error) {
      say(this.words, error instanceof ApiError ? error.message : 'The answer cannot be read.');
      this.more.root.hidden = true;
    }
  }

  private show(answer: Json): void {
    const reason = isObject(answer) && typeof answer.reason === 'string' ? answer.reason : '';
    say(this.words, REASONS[reason] ?? reason);
    this.more.root.hidden = false;
    this.more.show(answer);
  }
}
