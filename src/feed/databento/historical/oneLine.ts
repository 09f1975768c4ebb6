const LONGEST = 300;

/**
 * What a server said, as it may stand in a message: one line of plain text, without markup, control characters and marks
 * that turn the writing direction, at most 300 characters.
 */
export function oneLine(text: string): string {
  const plain = text
    .replace(/<(style|script|head)\b[\s\S]*?<\/\1\s*>/gi, " ")
    .replace(/<[^>]{0,500}>/g, " ")
    .replace(/[\u001b\u009b]\[[0-?]*[ -/]*[@-~]/g, "")
    .replace(/[\u0000-\u0020\u007f-\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]+/g, " ")
    .trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
