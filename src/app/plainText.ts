/**
 * Text from outside (a venue, a file, a person) as it may stand on a terminal or in a log: terminal sequences, control
 * characters and marks that turn the writing direction are taken out, line breaks become spaces.
 */
export function plainText(text: string): string {
  return text
    .replace(/[\u001b\u009b](?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g, "")
    .replace(/[\r\n\t\u2028\u2029]+/g, " ")
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}
