import { byId, say } from '../../ui/dom';
import type { Act } from '../acts';

/** Asks before an act, does it, and says what went wrong. */
export class Confirm {
  private readonly dialog = byId<HTMLDialogElement>('confirm');
  private readonly yes = byId<HTMLButtonElement>('confirm-yes');
  private readonly error = byId('confirm-error');
  private act: Act | undefined;
  private done: () => void = () => {};

  constructor(private readonly run: (act: Act) => Promise<void>) {
    this.dialog.querySelector('form')!.addEventListener('submit', (e) => {
      e.preventDefault();
      void this.agreed();
    });
    byId('confirm-no').addEventListener('click', () => this.dialog.close());
  }

  /** Asks; `done` is called when the act was done. */
  ask(act: Act, done: () => void = () => {}): void {
    this.act = act;
    this.done = done;
    say(byId('confirm-question'), act.question);
    say(byId('confirm-effect'), act.effect);
    say(this.yes, act.name);
    this.yes.classList.toggle('harsh', act.harsh);
    this.yes.disabled = false;
    this.error.hidden = true;
    this.dialog.showModal();
    byId('confirm-no').focus();
  }

  private async agreed(): Promise<void> {
    const { act, done } = this;
    if (!act) return;
    this.yes.disabled = true;
    try {
      await this.run(act);
      this.dialog.close();
      done();
    } catch (error) {
      say(this.error, `It was not done: ${error instanceof Error ? error.message : String(error)}`);
      this.error.hidden = false;
    } finally {
      this.yes.disabled = false;
    }
  }
}
