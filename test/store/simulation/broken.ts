/** The promise was broken. */
export class Broken extends Error {}

export const FOLDER = "/home/data";
export const JOURNALS = `${FOLDER}/journal`;

/** @throws Broken for what is not one line for a person */
export function oneLine(message: string): void {
  if (/[\r\n]/.test(message) || message.length === 0) throw new Broken(`No single line: ${JSON.stringify(message)}`);
}
