/** The colours that the map is painted with, read from the style sheet. */
export interface Ink {
  dark: boolean;
  ground: string;
  street: string;
  casing: string;
  trail: string;
  home: string;
  house: string;
  green: string;
  water: string;
  text: string;
  faint: string;
  accent: string;
  font: string;
}

const KEY = 'towncrier.theme';

/** Dark or light: the system's choice until the user makes one, which is remembered. */
export class Theme {
  private readonly system = matchMedia('(prefers-color-scheme: dark)');

  constructor(private readonly changed: () => void) {
    this.system.addEventListener('change', () => this.show());
    this.show();
  }

  get dark(): boolean {
    const chosen = read();
    return chosen ? chosen === 'dark' : this.system.matches;
  }

  toggle(): void {
    try {
      localStorage.setItem(KEY, this.dark ? 'light' : 'dark');
    } catch {
      // Storage is off: the choice holds for this page only.
      memory = this.dark ? 'light' : 'dark';
    }
    this.show();
  }

  ink(): Ink {
    const style = getComputedStyle(document.documentElement);
    const get = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    return {
      dark: this.dark, ground: get('ground'), street: get('street'), casing: get('casing'), trail: get('trail'),
      home: get('home'), house: get('house'), green: get('green'), water: get('water'), text: get('text'),
      faint: get('faint'), accent: get('accent'), font: get('sans'),
    };
  }

  private show(): void {
    document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
    this.changed();
  }
}

let memory = '';

function read(): string {
  try {
    return localStorage.getItem(KEY) ?? memory;
  } catch {
    return memory;
  }
}
