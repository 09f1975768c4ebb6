import * as vscode from "vscode";
import { say } from "../core/say.js";
import { oneLine } from "./notices.js";

/** Its name in the secret storage. */
const SECRET = "volumeCluster.databentoKey";

/**
 * The user's Databento key. Its text lies in VS Code's secret storage alone: it is read when a connection signs in, and never kept
 * here. The environment variable of the terminal counts nothing in a window.
 */
export class DatabentoKey implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #listener: vscode.Disposable;
  /** Whether there is one, until it changes. */
  #isSet: Promise<boolean> | undefined;

  /** The key was set, replaced or cleared, in this window or another one. */
  readonly onDidChange = this.#didChange.event;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#listener = secrets.onDidChange(({ key }) => {
      if (key !== SECRET) return;
      this.#isSet = undefined;
      this.#didChange.fire();
    });
  }

  /** Whether there is one; a storage that refuses has none to give. */
  isSet(): Promise<boolean> {
    this.#isSet ??= this.read().then(
      (text) => text !== undefined,
      () => false,
    );
    return this.#isSet;
  }

  /** @throws when the system's storage refuses */
  async read(): Promise<string | undefined> {
    const text = await asked(CANNOT_READ, this.#secrets.get(SECRET));
    return text === "" ? undefined : text;
  }

  /** @throws when the system's storage refuses */
  async keep(text: string): Promise<void> {
    await asked(CANNOT_KEEP, this.#secrets.store(SECRET, text.trim()), text.trim());
  }

  /** @throws when the system's storage refuses */
  async forget(): Promise<void> {
    await asked(CANNOT_CLEAR, this.#secrets.delete(SECRET));
  }

  dispose(): void {
    this.#listener.dispose();
    this.#didChange.dispose();
  }
}

const CANNOT_READ = (reason: string) =>
  say(
    'Could not read the Databento key: the system\'s secret storage said "{0}". Unlock or install a keyring, then try again',
    reason,
  );
const CANNOT_KEEP = (reason: string) =>
  say(
    'Could not keep the Databento key: the system\'s secret storage said "{0}". Unlock or install a keyring, then try again',
    reason,
  );
const CANNOT_CLEAR = (reason: string) =>
  say(
    'Could not clear the Databento key: the system\'s secret storage said "{0}". Unlock or install a keyring, then try again',
    reason,
  );

/** @param secret must not stand in the reason */
async function asked<T>(failed: (reason: string) => string, answer: Thenable<T>, secret?: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const reason = secret === undefined ? oneLine(error) : oneLine(error).replaceAll(secret, "db-***");
    throw new Error(failed(reason));
  }
}
