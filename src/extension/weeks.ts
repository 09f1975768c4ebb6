import type * as vscode from "vscode";
import type { Week } from "../app/review/week.js";

const OFFERED = "volumeCluster.weekOffered";
const REVIEWED = "volumeCluster.weekReviewed";

/** Which weeks were offered for review, and which were reviewed, over all windows of the user: nothing is offered twice. */
export class Weeks {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  isOffered({ monday }: Week): boolean {
    return monday <= (this.#memory.get<string>(OFFERED) ?? "") || this.isReviewed({ monday });
  }

  isReviewed({ monday }: Pick<Week, "monday">): boolean {
    return monday <= (this.#memory.get<string>(REVIEWED) ?? "");
  }

  offer({ monday }: Week): void {
    if (!(monday <= (this.#memory.get<string>(OFFERED) ?? ""))) void this.#memory.update(OFFERED, monday);
  }

  review({ monday }: Week): void {
    if (!this.isReviewed({ monday })) void this.#memory.update(REVIEWED, monday);
  }
}
