/** The log as the shells see it: one sentence with values a line; transitions, never traffic. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Says everything to both. */
export function both(first: Log, second: Log): Log {
  const say = (level: keyof Log) => (message: string) => {
    first[level](message);
    second[level](message);
  };
  return { info: say("info"), warn: say("warn"), error: say("error") };
}
