// Days of the calendar as people type them. No time of day and no zone: a day is a day.

/** A day as ISO 8601 writes it, if there is such a day. */
export function isoDay(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isThere = year >= 1000 && year <= 9999 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isThere ? date.toISOString().slice(0, 10) : null;
}

/** Whether this is a day of the calendar as ISO 8601 writes it; the same rule as in model/src/mark.rs. */
export function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return parts !== null && isoDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) === text;
}

/** The day `days` after another, as the person's clock has it. */
export function dayAfter(today: Date, days: number): string {
  const date = new Date(today.getFullYear(), today.getMonth(), today.getDate() + days);
  return isoDay(date.getFullYear(), date.getMonth() + 1, date.getDate())!;
}

/** The Monday after a day. */
export function nextMonday(today: Date): string {
  return dayAfter(today, ((8 - today.getDay()) % 7 || 7));
}

/** The day that was typed: 2026-12-01, 2026/12/1, 2026年12月1日, and without a year the next such day. */
export function readDay(typed: string, today: Date): string | null {
  const whole = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(typed);
  if (whole !== null) return isoDay(Number(whole[1]), Number(whole[2]), Number(whole[3]));
  const short = /^(\d{1,2})[-/.月](\d{1,2})日?$/.exec(typed);
  if (short === null) return null;
  const [month, day] = [Number(short[1]), Number(short[2])];
  const thisYear = isoDay(today.getFullYear(), month, day);
  return thisYear !== null && thisYear >= dayAfter(today, 0) ? thisYear : isoDay(today.getFullYear() + 1, month, day);
}
