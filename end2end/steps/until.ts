// Waiting: on a condition, with a deadline that says what was waited for. Never on time.

const DEADLINE_MS = 20_000;
const LOOK_EVERY_MS = 20;

/** Waits until `condition` gives something truthy, and gives it back. */
export async function until<T>(
  what: string,
  condition: () => Promise<T> | T,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<T, false | null | undefined>;
    if (Date.now() > deadline) throw new Error(`still waiting for ${what} after ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Waits until reading twice `quiet` looks apart gives an equal answer that `accept` likes. */
export async function untilEqual<T>(
  what: string,
  read: () => Promise<T[]>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  let last: T[] = [];
  try {
    await until(
      what,
      async () => {
        last = await read();
        const first = JSON.stringify(last[0]);
        return last.length > 1 && last.every((one) => JSON.stringify(one) === first);
      },
      deadlineMs,
    );
  } catch (error) {
    throw new Error(`${error}\n${last.map((one) => JSON.stringify(one)).join("\n≠\n")}`);
  }
  return last[0] as T;
}
