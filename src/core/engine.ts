import type { EngineEvent, EngineOutput, EngineView, RunSummary } from "./events.js";
import type { Calendar } from "./session.js";
import type { EngineSettings, RunMode } from "./settings.js";

/** Puts the stages in order. (Skeleton: the stages follow.) */
export class Engine {
  readonly settings: EngineSettings;
  readonly mode: RunMode;
  readonly calendar: Calendar;

  constructor(settings: EngineSettings, mode: RunMode, calendar: Calendar) {
    this.settings = settings;
    this.mode = mode;
    this.calendar = calendar;
  }

  process(_event: EngineEvent): readonly EngineOutput[] {
    throw new Error("not yet");
  }

  view(): EngineView {
    throw new Error("not yet");
  }

  summary(): RunSummary {
    throw new Error("not yet");
  }
}
