/** Where drafts outlast a reload of the window. */
export interface DraftMemory {
  get(): unknown;
  set(drafts: readonly Draft[]): void;
}

/** What was typed about something of a run and is not yet recorded. */
export interface Draft {
  readonly folder: string;
  /** A recommendation's id, or what else it is about. */
  readonly about: string;
  readonly text: string;
}

/** More than anybody leaves unfinished; older ones are forgotten. */
const MOST = 50;

/** The drafts of all runs of a window. */
export class Drafts {
  readonly #memory: () => DraftMemory;
  #runs: Map<string, RunDrafts> | undefined;

  /** @param memory asked when a draft is first wanted */
  constructor(memory: () => DraftMemory) {
    this.#memory = memory;
  }

  /** Those of the run in `folder`. */
  of(folder: string): RunDrafts {
    this.#runs ??= this.#read();
    const known = this.#runs.get(folder) ?? new RunDrafts([], () => this.#keep());
    this.#runs.set(folder, known);
    return known;
  }

  /** The run in `folder` is gone: what is still being typed about it is no draft of the next one there. */
  forget(folder: string): void {
    this.#runs ??= this.#read();
    this.#runs.delete(folder);
    this.#keep();
  }

  /** What is not understood, such as what another version left, is left out. */
  #read(): Map<string, RunDrafts> {
    const stored = this.#memory().get();
    const drafts = Array.isArray(stored) ? stored.filter(isDraft) : [];
    const folders = new Set(drafts.map(({ folder }) => folder));
    return new Map(
      [...folders].map((folder) => [
        folder,
        new RunDrafts(
          drafts.filter((draft) => draft.folder === folder),
          () => this.#keep(),
        ),
      ]),
    );
  }

  #keep(): void {
    const drafts = [...(this.#runs ?? [])].flatMap(([folder, run]) => run.all().map((draft) => ({ folder, ...draft })));
    this.#memory().set(drafts.slice(-MOST));
  }
}

/** The drafts of one run. */
export class RunDrafts {
  readonly #texts: Map<string, string>;
  readonly #changed: () => void;

  constructor(drafts: readonly Pick<Draft, "about" | "text">[], changed: () => void) {
    this.#texts = new Map(drafts.map(({ about, text }) => [about, text]));
    this.#changed = changed;
  }

  get size(): number {
    return this.#texts.size;
  }

  get(about: string): string | undefined {
    return this.#texts.get(about);
  }

  set(about: string, text: string): void {
    this.#texts.set(about, text);
    this.#changed();
  }

  delete(about: string): void {
    if (this.#texts.delete(about)) this.#changed();
  }

  /** Oldest first. */
  all(): readonly Pick<Draft, "about" | "text">[] {
    return [...this.#texts].map(([about, text]) => ({ about, text }));
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const { folder, about, text } = value as Partial<Record<keyof Draft, unknown>>;
  return typeof folder === "string" && typeof about === "string" && typeof text === "string";
}
