const HOURS = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/;

/**
 * Whether a moment lies in hours such as `22:00-07:00`, by the clock of this machine; in none where there are none. They end before
 * their last minute, and go over midnight where they end earlier than they begin.
 */
export function areQuiet(hours: string, now: Date): boolean {
  const [, ...parts] = HOURS.exec(hours) ?? [];
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = parts.map(Number);
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  const minute = now.getHours() * 60 + now.getMinutes();
  return from <= to ? from <= minute && minute < to : from <= minute || minute < to;
}
