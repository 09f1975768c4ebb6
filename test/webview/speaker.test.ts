import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Speaker } from "../../webview/speaker.js";

/** A browser that keeps a page silent until the user has touched it. */
class SilentContext {
  static allowed = false;
  static started = 0;
  state = "suspended";
  readonly destination = {};
  resume(): Promise<void> {
    if (!SilentContext.allowed) return new Promise(() => undefined);
    this.state = "running";
    return Promise.resolve();
  }
  createBufferSource() {
    return { connect: () => undefined, start: () => void SilentContext.started++ };
  }
  decodeAudioData = async (bytes: ArrayBuffer) => bytes;
}

let told: boolean[];
let speaker: Speaker;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("AudioContext", SilentContext);
  SilentContext.allowed = false;
  SilentContext.started = 0;
  told = [];
  speaker = new Speaker((allowed) => told.push(allowed));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("says that it may not sound, and plays nothing of it later", async () => {
  const playing = speaker.play(btoa("RIFF"));
  await vi.advanceTimersByTimeAsync(1000);
  await playing;
  expect([told, SilentContext.started]).toEqual([[false], 0]);
  SilentContext.allowed = true;
  await speaker.unlock();
  await speaker.unlock();
  expect([told, SilentContext.started]).toEqual([[false, true], 0]);
  await speaker.play(btoa("RIFF"));
  expect([told, SilentContext.started]).toEqual([[false, true], 1]);
});

it("says so where the browser has no sound at all", async () => {
  vi.stubGlobal("AudioContext", undefined);
  await speaker.play(btoa("RIFF"));
  expect(told).toEqual([false]);
});
