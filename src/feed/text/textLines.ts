import { say } from "../../core/say.js";
import { FeedError } from "../feedError.js";

/** No line of market data comes near; a file without line ends must not fill the memory. */
const LINE_LIMIT = 64 * 1024;

const UTF8_MARK = "\u00ef\u00bb\u00bf";
const UTF16_MARKS = ["\u00ff\u00fe", "\u00fe\u00ff"];

/** What a line of market data never holds: control characters, and whatever is no ASCII. */
const FOREIGN = /[^\t\r\n -~]/;
const FOREIGN_ADVICE = say("the file is damaged or of another kind: download or export it again as text");
/** Some transfers make \r\r\n of \r\n. */
const STRAY_RETURN = /\r[^\r\n]/;

/**
 * Cuts the bytes of a text file into lines, however they arrive and whichever way they end. A byte order mark is passed over.
 * Throws `FeedError`, with the line's number, for what no text of market data holds.
 */
export class TextLines {
  #carry = "";
  /** Lines handed out before the last `push`. */
  #before = 0;
  #count = 0;

  /** The number of a line of the last `push` or `end`, by its index there; the first line of the file is 1. */
  numberOf(index: number): number {
    return this.#before + index + 1;
  }

  /** Takes the next bytes; gives the lines that they complete, without their ends. */
  push(bytes: Uint8Array): readonly string[] {
    let text = this.#carry + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    if (this.#count === 0 && text.length >= UTF8_MARK.length) text = withoutMark(text);
    const end = text.lastIndexOf("\n");
    this.#carry = text.slice(end + 1);
    const lines = end < 0 ? [] : this.#cut(text.slice(0, end));
    if (this.#carry.length > LINE_LIMIT) throw damaged(this.#count + 1, tooLong());
    return lines;
  }

  /** The last line, where the file does not end with a line's end. */
  end(): readonly string[] {
    const rest = this.#count === 0 ? withoutMark(this.#carry) : this.#carry;
    this.#carry = "";
    return rest === "" ? [] : this.#cut(rest);
  }

  #cut(text: string): readonly string[] {
    this.#before = this.#count;
    this.#refuse(text, FOREIGN, say("holds a character that market data does not have; {0}", FOREIGN_ADVICE));
    this.#refuse(
      text,
      STRAY_RETURN,
      say("has a carriage return that ends no line; save it with the line ends of Windows or Unix"),
    );
    const lines = text.split("\n");
    this.#count += lines.length;
    return lines.map((line, index) => {
      if (line.length > LINE_LIMIT) throw damaged(this.numberOf(index), tooLong());
      return line.endsWith("\r") ? line.replace(/\r+$/, "") : line;
    });
  }

  #refuse(text: string, pattern: RegExp, what: string): void {
    const at = text.search(pattern);
    if (at < 0) return;
    throw damaged(this.#before + text.slice(0, at).split("\n").length, what);
  }
}

/** A line that cannot be read. */
export function damaged(line: number, what: string): FeedError {
  return new FeedError(say("line {0} {1}", line, what), { retriable: false });
}

function tooLong(): string {
  return say("is longer than {0} kB; {1}", LINE_LIMIT / 1024, FOREIGN_ADVICE);
}

function withoutMark(text: string): string {
  if (UTF16_MARKS.some((mark) => text.startsWith(mark))) {
    throw new FeedError(say("it is UTF-16 text; save it as UTF-8"), { retriable: false });
  }
  return text.startsWith(UTF8_MARK) ? text.slice(UTF8_MARK.length) : text;
}
