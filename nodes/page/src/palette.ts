/** A colour for each theme. */
interface Hue {
  light: string;
  dark: string;
  /** States that are known to mean this, as parts of words in lower case. */
  words: readonly string[];
}

const HUES: readonly Hue[] = [
  { light: '#7d8794', dark: '#8f9bab', words: ['idle', 'rest', 'wait', 'stand', 'stop', 'park'] },
  { light: '#2468b4', dark: '#69a9f5', words: ['walk', 'mov', 'driv', 'travel', 'run', 'commut', 'go'] },
  { light: '#c2710c', dark: '#f2ab45', words: ['work', 'busy', 'queue', 'study', 'teach', 'bak', 'cook', 'farm'] },
  { light: '#b42d7e', dark: '#f07fc0', words: ['talk', 'chat', 'soci', 'meet', 'gossip', 'visit'] },
  { light: '#3c8534', dark: '#7dca74', words: ['eat', 'drink', 'din', 'lunch', 'breakfast', 'meal'] },
  { light: '#5a4db4', dark: '#a397f7', words: ['sleep', 'home', 'bed', 'night'] },
  { light: '#0c8383', dark: '#41c9c4', words: ['shop', 'trad', 'sell', 'buy', 'market'] },
  { light: '#c9452a', dark: '#ff8d6b', words: ['act', 'play', 'perform', 'leisure', 'danc', 'celebrat', 'fight', 'relax', 'stroll'] },
  { light: '#86592d', dark: '#cfa274', words: ['read', 'learn', 'pray', 'worship'] },
  { light: '#6f7d10', dark: '#bccb4a', words: ['use', 'garden', 'fish', 'hunt', 'build'] },
  { light: '#2b93b8', dark: '#9adcf5', words: ['plan', 'think', 'swim'] },
  { light: '#8f1d3f', dark: '#ff6d8d', words: ['draw', 'paint', 'write', 'craft'] },
  { light: '#8c6ba6', dark: '#d3b5ea', words: ['summar', 'reflect', 'remember', 'dream'] },
];

/** Which colour each state has. A state keeps its colour for as long as the page is open. */
export class Palette {
  private readonly index = new Map<string, number>();
  private readonly taken = new Array<number>(HUES.length).fill(0);

  get size(): number {
    return HUES.length;
  }

  /** Number of the state's colour: by what the state means where that is known, else a free one. */
  of(state: string): number {
    let i = this.index.get(state);
    if (i === undefined) {
      i = this.choose(state);
      this.index.set(state, i);
      this.taken[i]! += 1;
    }
    return i;
  }

  colour(index: number, dark: boolean): string {
    const hue = HUES[index % HUES.length]!;
    return dark ? hue.dark : hue.light;
  }

  private choose(state: string): number {
    const word = state.toLowerCase();
    const meant = HUES.findIndex((h) => h.words.some((w) => word.startsWith(w) || word.includes(`_${w}`)));
    if (meant >= 0 && this.taken[meant] === 0) return meant;
    return this.taken.indexOf(Math.min(...this.taken));
  }
}
