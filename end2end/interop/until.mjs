// Waiting for what must happen, and failing when it does not.

/** How long that may take on a busy machine. */
const DEADLINE_MS = 30_000;

/** Waits until `condition` returns something truthy and returns it. */
export async function until(what, condition, deadlineMs = DEADLINE_MS) {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`still waiting for ${what} after ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
