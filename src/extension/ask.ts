import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { plainNumber } from "../app/typedPrice.js";
import { say } from "../core/say.js";
import { inLanguage } from "./language.js";

/** The user went a step back. */
export const BACK = Symbol("back");

/** A row of a quick pick and what it stands for. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value?: T;
}

export interface PickQuestion<T> {
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  /** The choice that one Enter takes; undefined: the first. */
  readonly preselected?: Choice<T> | undefined;
  /** What is typed filters no row: it is handed over with the row that is chosen. */
  readonly typed?: (text: string, chosen: T) => void;
  readonly step?: number;
  readonly totalSteps?: number;
  /** Whether there is a step before this one. */
  readonly canGoBack?: boolean;
}

/** What a box says of a text: sentences of `say`, or in the language of VS Code. */
export type Found =
  /** Enter does nothing. */
  | { readonly problem: string }
  /** Enter passes all the same; with `again`, after that was typed a second time. */
  | { readonly warning: string; readonly again?: Again }
  /** What Enter does, where the text does not say it plainly. */
  | { readonly understood: string };

/** A number so unlikely that it is to be typed once more. */
export interface Again {
  readonly what: "price" | "quantity";
  readonly value: string;
}

/** A button in the title of a box, which ends the question with its value. */
export interface BoxButton<B extends symbol> {
  readonly icon: string;
  readonly tooltip: string;
  readonly value: B;
}

export interface InputQuestion<B extends symbol = never> {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder: string;
  readonly value: string;
  /** What is typed is not shown. */
  readonly isPassword?: boolean;
  /** Whether `value` was begun by the user: then he goes on at its end, else what he types takes its place. */
  readonly isDraft?: boolean;
  readonly check: (text: string) => Found | undefined;
  /** Called with every change, so that a draft survives Escape. */
  readonly draft?: (text: string) => void;
  readonly button?: BoxButton<B>;
  readonly step?: number;
  readonly totalSteps?: number;
  readonly canGoBack?: boolean;
}

/**
 * Asks with a list; it stays open while the user is in another window. The first choice with a value is preselected.
 *
 * @returns undefined when the user leaves
 */
export function pick<T>(question: PickQuestion<T>): Promise<T | typeof BACK | undefined> {
  const list = vscode.window.createQuickPick<Choice<T>>();
  list.title = question.title;
  list.placeholder = question.placeholder;
  list.step = question.step;
  list.totalSteps = question.totalSteps;
  list.ignoreFocusOut = true;
  list.matchOnDescription = true;
  const isFilter = question.typed === undefined;
  list.items = isFilter ? question.choices : question.choices.map((choice) => ({ ...choice, alwaysShow: true }));
  const { preselected } = question;
  const isUsual = preselected === undefined ? isChoice : ({ value }: Choice<T>) => value === preselected.value;
  list.activeItems = list.items.filter(isUsual).slice(0, 1);
  if (question.canGoBack === true) list.buttons = [vscode.QuickInputButtons.Back];
  return shown(list, (resolve) => [
    list.onDidAccept(() => {
      const chosen = list.selectedItems[0];
      if (chosen?.value === undefined) return;
      if (list.value.trim() !== "") question.typed?.(list.value, chosen.value);
      resolve(chosen.value);
    }),
    list.onDidTriggerButton(() => resolve(BACK)),
  ]);
}

/**
 * Asks for a line of text; it stays open while the user is in another window, and accepts nothing that `check` has a problem with.
 * A number that is to be typed again is asked for in the same box.
 *
 * @returns undefined when the user leaves, the button's value when he presses it
 */
export function input<B extends symbol = never>(
  question: InputQuestion<B>,
): Promise<string | B | typeof BACK | undefined> {
  const box = vscode.window.createInputBox();
  box.title = question.title;
  box.prompt = question.prompt;
  box.placeholder = question.placeholder;
  box.step = question.step;
  box.totalSteps = question.totalSteps;
  box.ignoreFocusOut = true;
  box.password = question.isPassword === true;
  box.value = question.value;
  if (question.isDraft === true) box.valueSelection = [question.value.length, question.value.length];
  const { button } = question;
  const own = button && { iconPath: new vscode.ThemeIcon(button.icon), tooltip: button.tooltip };
  box.buttons = [...(question.canGoBack === true ? [vscode.QuickInputButtons.Back] : []), ...(own ? [own] : [])];
  // The line of which a number is being typed a second time.
  let doubted: { readonly text: string; readonly again: Again } | undefined;
  const look = (): Found | undefined =>
    doubted === undefined ? question.check(box.value) : repeated(box.value, doubted.again);
  // What nobody has typed yet is no mistake: the prompt says what is wanted.
  let isTouched = question.isDraft === true && question.draft !== undefined;
  const validate = (): Found | undefined => {
    const found = look();
    const isShown = found !== undefined && (isTouched || !("problem" in found));
    box.validationMessage = isShown ? message(found) : undefined;
    return found;
  };
  const turn = (to: typeof doubted, value: string): void => {
    doubted = to;
    box.prompt = to === undefined ? question.prompt : inLanguage(AGAIN[to.again.what]);
    box.placeholder =
      to === undefined ? question.placeholder : to.again.what === "price" ? t("The price") : t("The quantity");
    box.value = value;
    validate();
  };
  validate();
  return shown(box, (resolve) => [
    box.onDidChangeValue((text) => {
      if (doubted === undefined) question.draft?.(text);
      isTouched = true;
      validate();
    }),
    box.onDidAccept(() => {
      isTouched = true;
      const found = validate();
      if (found !== undefined && "problem" in found) return;
      if (found !== undefined && "warning" in found && found.again !== undefined) {
        turn({ text: box.value, again: found.again }, "");
      } else resolve(doubted?.text ?? box.value);
    }),
    box.onDidTriggerButton((pressed) => {
      if (pressed === own) resolve(button?.value);
      else if (doubted !== undefined) turn(undefined, doubted.text);
      else resolve(BACK);
    }),
  ]);
}

const AGAIN = {
  price: say("The price is far away: type it once more if it is right, or press Escape"),
  quantity: say("That is more than may be held at once: type the quantity once more if it is right, or press Escape"),
} as const satisfies Record<Again["what"], string>;

function repeated(text: string, { what, value }: Again): Found | undefined {
  if (text.trim() === "") return { problem: AGAIN[what] };
  return Number(plainNumber(text).replace(/^\$ ?/, "")) === Number(value)
    ? undefined
    : { problem: what === "price" ? say("It is not the same price") : say("It is not the same quantity") };
}

function isChoice<T>({ value }: Choice<T>): boolean {
  return value !== undefined;
}

function message(found: Found): string | vscode.InputBoxValidationMessage {
  const { Warning, Info } = vscode.InputBoxValidationSeverity;
  if ("problem" in found) return inLanguage(found.problem);
  if ("warning" in found) return { message: found.warning, severity: Warning };
  return { message: found.understood, severity: Info };
}

function shown<R>(
  box: vscode.QuickInput,
  listen: (resolve: (result: R | undefined) => void) => readonly vscode.Disposable[],
): Promise<R | undefined> {
  return new Promise<R | undefined>((resolve) => {
    const listeners = listen((result) => {
      resolve(result);
      box.hide();
    });
    const hidden = box.onDidHide(() => {
      resolve(undefined);
      for (const disposable of [...listeners, hidden, box]) disposable.dispose();
    });
    box.show();
  });
}
