// Runs checks one after the other, and counts how they end.
const LONGEST_MS = 120_000;

let passed = 0;
let failed = 0;

/** Gives up on what takes too long: a page that hangs answers nothing. */
function inTime(work) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error('took too long')), LONGEST_MS)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export async function check(name, run) {
  const begun = Date.now();
  try {
    await inTime(run());
    passed += 1;
    console.log(`ok      ${name} (${Date.now() - begun} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message}`);
  }
}

/** Says how it went, also to whoever started the program. */
export function conclude() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
