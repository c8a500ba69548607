/** `0.034 ms`, `3.4 ms`, `340 ms`, `3.4 s`. */
export function millis(x: number): string {
  if (x >= 10_000) return `${(x / 1000).toFixed(0)} s`;
  if (x >= 1000) return `${(x / 1000).toFixed(1)} s`;
  if (x === 0) return '0 ms';
  if (x < 0.001) return '< 0.001 ms';
  return `${x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toFixed(3)} ms`;
}

/** `1.2 MB`. */
export function bytes(x: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let i = 0;
  while (x >= 1000 && i < units.length - 1) {
    x /= 1000;
    i += 1;
  }
  return `${i === 0 || x >= 100 ? x.toFixed(0) : x.toFixed(1)} ${units[i]}`;
}

/** `0.4 %`, `37 %`. */
export function share(x: number): string {
  const percent = x * 100;
  return `${percent === 0 ? '0' : percent < 0.1 ? '< 0.1' : percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** `8 s`, `12 min`, `3 h`, `5 days`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? '1 day' : `${days} days`;
}

/** `1 actor`, `3 actors`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** `12`, `4.2`, `0.3`, `12.3k`: a rate a second. */
export function rate(x: number | undefined): string {
  if (x === undefined) return '–';
  if (x >= 10_000) return `${(x / 1000).toFixed(1)}k`;
  if (x >= 100) return Math.round(x).toLocaleString('en');
  return x === 0 ? '0' : x < 0.05 ? '< 0.1' : x.toFixed(1);
}
