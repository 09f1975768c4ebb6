/** Every reason that a guard may give: a closed list, so that whoever shows one can know them all. */
export const GUARD_CODES = [
  "STALE",
  "CLOCK_SKEW",
  "DAILY_LIMIT",
  "MAX_POSITION",
  "EMERGENCY_STOP",
  "HALTED",
  "LOSS_PAUSE",
  "OFF_TICK",
  "BAD_PRICE",
  "FAR_FROM_MARKET",
  "CONFIRM_PRICE",
  "UNVERIFIED",
  "BAD_QUANTITY",
  "MORE_THAN_OPEN",
  "MORE_THAN_RECOMMENDED",
  "BAD_TIME",
  "BEFORE_ENTRY",
  "BEFORE_SIGNAL",
  "IN_THE_FUTURE",
  "OTHER_DAY",
  "LONG_AGO",
  "DOUBLE_ENTRY",
  "OTHER_CONTRACT",
  "NOT_FINITE",
  "BAD_BOOKING",
  "BETTER_THAN_TRADED",
] as const;

export type GuardCode = (typeof GUARD_CODES)[number];

/** Nothing speaks against it. */
export interface Ok {
  readonly verdict: "ok";
}

/** Something does: with `warn` the person's word counts, with `deny` it must not happen. */
export interface Objection<Kind extends "warn" | "deny", Code extends GuardCode> {
  readonly verdict: Kind;
  readonly code: Code;
  /** One sentence for the person, without a final period. */
  readonly sentence: string;
}

/**
 * What a guard says of an action in a state (`RELIABILITY.md` 6.2). Guards are pure and fail closed: a number that is none
 * is denied.
 */
export type Verdict<Warned extends GuardCode = never, Denied extends GuardCode = never> =
  | Ok
  | Objection<"warn", Warned>
  | Objection<"deny", Denied>;

export const OK: Ok = { verdict: "ok" };

export function warn<Code extends GuardCode>(code: Code, sentence: string): Objection<"warn", Code> {
  return { verdict: "warn", code, sentence };
}

export function deny<Code extends GuardCode>(code: Code, sentence: string): Objection<"deny", Code> {
  return { verdict: "deny", code, sentence };
}

/** Why an action must not happen, as one sentence; undefined when it may. */
export function refused(verdict: Verdict<GuardCode, GuardCode>): string | undefined {
  return verdict.verdict === "deny" ? verdict.sentence : undefined;
}

/** What a guard denies here can only be a bug of ours, so it ends the run. */
export function prove(verdict: Verdict<GuardCode, GuardCode>): void {
  if (verdict.verdict === "deny") throw new Error(verdict.sentence);
}

/** The code of a denial; undefined when the action may happen. */
export function denied<Code extends GuardCode>(verdict: Verdict<GuardCode, Code>): Code | undefined {
  return verdict.verdict === "deny" ? verdict.code : undefined;
}
