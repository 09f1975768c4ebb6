/** Days that differ from the normal ones, by date YYYY-MM-DD, in Chicago's time. */
export interface Calendar {
  /** Last date the table speaks of. */
  readonly horizon: string;
  readonly days: Readonly<Record<string, { readonly day: "closed" } | { readonly day: "early"; readonly closeCT: string }>>;
}

/** A calendar without special days. */
export const NO_HOLIDAYS: Calendar = { horizon: "9999-12-31", days: {} };
