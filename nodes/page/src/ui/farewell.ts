import { byId, say } from './dom';

/** Says that the node ended the connection for good, and asks whether to connect again: the page does not by itself. */
export class Farewell {
  private readonly dialog = byId<HTMLDialogElement>('farewell');

  constructor(again: () => void) {
    this.dialog.querySelector('form')!.addEventListener('submit', (e) => {
      e.preventDefault();
      this.dialog.close();
      again();
    });
  }

  open(reason: string): void {
    say(byId('farewell-reason'), `The node says: ${reason}.`);
    if (!this.dialog.open) this.dialog.showModal();
  }

  close(): void {
    if (this.dialog.open) this.dialog.close();
  }
}
