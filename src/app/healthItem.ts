/** What the settings imply, in one sentence, before anything is started. */
export interface HealthItem {
  /** `stop`: with it no signal can be traded; `warn`: it works, but perhaps not as meant. */
  readonly level: "ok" | "warn" | "stop";
  readonly title: string;
  readonly text: string;
}

/** An item whose level hangs on one condition. */
export function warnIf(doubtful: boolean, title: string, text: string): HealthItem {
  return { level: doubtful ? "warn" : "ok", title, text };
}
