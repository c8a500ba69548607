import { byId, say } from './dom';

const KEY = 'towncrier.token';

/** Asks for the token that a node with authentication wants; kept for this tab only. */
export class Gate {
  private readonly dialog = byId<HTMLDialogElement>('gate');
  private readonly input = byId<HTMLInputElement>('token');

  constructor(enter: (token: string) => void) {
    this.dialog.querySelector('form')!.addEventListener('submit', (e) => {
      e.preventDefault();
      const token = this.input.value.trim();
      this.input.value = '';
      if (!token) return;
      this.dialog.close();
      keep(token);
      enter(token);
    });
  }

  /** The token from the address (`#token=...`, which is taken out of it) or from before; else empty. */
  static known(): string {
    const given = new URLSearchParams(location.hash.slice(1)).get('token');
    if (given) {
      history.replaceState(null, '', location.pathname + location.search);
      keep(given);
      return given;
    }
    try {
      return sessionStorage.getItem(KEY) ?? '';
    } catch {
      return '';
    }
  }

  open(reason: string): void {
    say(byId('gate-reason'), reason ? `The node says: ${reason}` : 'The node asks for a token.');
    if (!this.dialog.open) this.dialog.showModal();
  }

  close(): void {
    if (this.dialog.open) this.dialog.close();
  }
}

function keep(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Storage is off: the token is asked for again after a reload.
  }
}
