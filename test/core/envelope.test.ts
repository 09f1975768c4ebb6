import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Envelope, Inbox, Outbox } from "../../src/core/envelope.js";

const parse = (raw: unknown) => raw as Envelope<string> | undefined;

describe("Messages between the panel and the extension", () => {
  it("come once each and in order, however they are repeated, held back and mixed with what is none", () => {
    const words = fc.uniqueArray(fc.string(), { maxLength: 20 });
    fc.assert(
      fc.property(words, fc.array(fc.option(fc.nat(19))), fc.nat(), (sent, arrivals, now) => {
        const outbox = new Outbox<string>(now);
        const inbox = new Inbox(parse);
        const envelopes = sent.map((word) => outbox.pack(word));
        const seen = arrivals.map((at) => inbox.take(at === null ? undefined : envelopes[at]));
        const taken = seen.filter((word) => word !== undefined);
        // By definition: a message is taken if it was sent after each that was taken before it.
        const expected: number[] = [];
        for (const at of arrivals) {
          if (at !== null && at < sent.length && expected.every((before) => at > before)) expected.push(at);
        }
        expect(taken).toEqual(expected.map((at) => sent[at]));
        expect(inbox.dropped).toBe(arrivals.length - taken.length);
      }),
    );
  });

  it("go on from a page that is made anew, which begins with the clock", () => {
    const inbox = new Inbox(parse);
    const [first, again] = [new Outbox<string>(1_000), new Outbox<string>(1_400)];
    expect([first.pack("ready"), again.pack("ready")].map((each) => inbox.take(each))).toEqual(["ready", "ready"]);
    expect(inbox.take(first.pack("late"))).toBeUndefined();
  });

  it("say when they were sent, where their sender says it, and those that are dropped say nothing", () => {
    const inbox = new Inbox(parse);
    const outbox = new Outbox<string>(1_000);
    const first = outbox.pack("first", 70_000);
    inbox.take(first);
    expect(inbox.at).toBe(70_000);
    inbox.take({ ...first, at: 80_000 });
    expect(inbox.at).toBe(70_000);
    inbox.take(outbox.pack("second"));
    expect(inbox.at).toBeUndefined();
  });

  it("are taken from a sender that began anew by a clock that was put back, once one knows", () => {
    const inbox = new Inbox(parse);
    inbox.take(new Outbox<string>(9_000).pack("ready"));
    const earlier = new Outbox<string>(1_000);
    expect(inbox.take(earlier.pack("ready"))).toBeUndefined();
    inbox.restart();
    expect([inbox.take(earlier.pack("ready")), inbox.dropped]).toEqual(["ready", 1]);
  });
});
