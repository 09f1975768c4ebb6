/** The log as the shells see it: one sentence with values a line; transitions, never traffic. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
