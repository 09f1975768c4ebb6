import type { SoundName } from "../../src/extension/alerts/soundNames.js";

/** Samples per second, of one channel with 16 bits each. */
const RATE = 22_050;
const HEADER_BYTES = 44;
/** Of full scale: overtones and neighbours stay below it. */
const LOUDNESS = 0.6;

/** A tone that begins `at` seconds after the sound and fades out over `seconds`. */
interface Note {
  readonly hertz: number;
  readonly at: number;
  readonly seconds: number;
}

/** Rising for good news, falling for bad, the same tone again where time runs out: told apart without looking. */
const SOUNDS: Readonly<Record<SoundName, readonly Note[]>> = {
  signal: [
    { hertz: 880, at: 0, seconds: 0.16 },
    { hertz: 1108.73, at: 0.11, seconds: 0.16 },
    { hertz: 1318.51, at: 0.22, seconds: 0.3 },
  ],
  lastSeconds: [
    { hertz: 1046.5, at: 0, seconds: 0.09 },
    { hertz: 1046.5, at: 0.13, seconds: 0.09 },
    { hertz: 1046.5, at: 0.26, seconds: 0.09 },
  ],
  fillReminder: [
    { hertz: 659.26, at: 0, seconds: 0.28 },
    { hertz: 523.25, at: 0.22, seconds: 0.4 },
  ],
  feedLost: [
    { hertz: 392, at: 0, seconds: 0.22 },
    { hertz: 311.13, at: 0.18, seconds: 0.22 },
    { hertz: 233.08, at: 0.36, seconds: 0.4 },
  ],
  tradeClosed: [
    { hertz: 523.25, at: 0, seconds: 0.14 },
    { hertz: 783.99, at: 0.1, seconds: 0.34 },
  ],
};

/** One of the product's sounds as the bytes of a WAV file: the same on every machine. */
export function makeSound(name: SoundName): Uint8Array {
  const notes = SOUNDS[name];
  const length = Math.ceil(Math.max(...notes.map(({ at, seconds }) => at + seconds)) * RATE);
  const mixed = new Float64Array(length);
  for (const note of notes) addNote(mixed, note);
  const peak = mixed.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  return wav(mixed.map((sample) => Math.round((sample / peak) * LOUDNESS * 32_767)));
}

// A second-order resonator: but for one cosine it only adds and multiplies, which every machine does alike.
function addNote(mixed: Float64Array, { hertz, at, seconds }: Note): void {
  const start = Math.round(at * RATE);
  const samples = Math.round(seconds * RATE);
  for (const [overtone, share] of [
    [1, 1],
    [2, 0.25],
  ] as const) {
    const angle = (2 * Math.PI * hertz * overtone) / RATE;
    const twoCosine = 2 * Math.cos(angle);
    let [before, now] = [0, Math.sin(angle)];
    for (let sample = 0; sample < samples && start + sample < mixed.length; sample++) {
      const attack = Math.min(1, sample / 100);
      const left = 1 - sample / samples;
      mixed[start + sample] = (mixed[start + sample] ?? 0) + share * now * attack * left * left;
      [before, now] = [now, twoCosine * now - before];
    }
  }
}

function wav(samples: Float64Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (offset: number, letters: string) => bytes.set(new TextEncoder().encode(letters), offset);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, index) => {
    view.setInt16(HEADER_BYTES + 2 * index, sample, true);
  });
  return bytes;
}
