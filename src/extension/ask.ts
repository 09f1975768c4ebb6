import * as vscode from "vscode";

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
  readonly step?: number;
  readonly totalSteps?: number;
  /** Whether there is a step before this one. */
  readonly canGoBack?: boolean;
}

export interface InputQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder: string;
  readonly value: string;
  /** What is wrong with a text, in a line, or a warning that Enter may pass; undefined when nothing is. */
  readonly check: (text: string) => string | { readonly warning: string } | undefined;
  /** Called with every change, so that a draft survives Escape. */
  readonly draft?: (text: string) => void;
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
  list.items = question.choices;
  list.activeItems = question.choices.filter((choice) => choice.value !== undefined).slice(0, 1);
  if (question.canGoBack === true) list.buttons = [vscode.QuickInputButtons.Back];
  return shown(list, (resolve) => [
    list.onDidAccept(() => {
      const chosen = list.selectedItems[0];
      if (chosen?.value !== undefined) resolve(chosen.value);
    }),
    list.onDidTriggerButton(() => resolve(BACK)),
  ]);
}

/**
 * Asks for a line of text; it stays open while the user is in another window, and accepts nothing that `check` refuses.
 *
 * @returns undefined when the user leaves
 */
export function input(question: InputQuestion): Promise<string | typeof BACK | undefined> {
  const box = vscode.window.createInputBox();
  box.title = question.title;
  box.prompt = question.prompt;
  box.placeholder = question.placeholder;
  box.step = question.step;
  box.totalSteps = question.totalSteps;
  box.ignoreFocusOut = true;
  box.value = question.value;
  if (question.canGoBack === true) box.buttons = [vscode.QuickInputButtons.Back];
  const validate = (text: string): boolean => {
    const found = question.check(text);
    const warning = typeof found === "object";
    box.validationMessage = warning
      ? { message: found.warning, severity: vscode.InputBoxValidationSeverity.Warning }
      : found;
    return found === undefined || warning;
  };
  validate(question.value);
  return shown(box, (resolve) => [
    box.onDidChangeValue((text) => {
      question.draft?.(text);
      validate(text);
    }),
    box.onDidAccept(() => {
      if (validate(box.value)) resolve(box.value);
    }),
    box.onDidTriggerButton(() => resolve(BACK)),
  ]);
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
