/** Bytes before the samples of our own files, which have 16 bits each. */
const HEADER_BYTES = 44;

/** The same sound at another loudness, so that every player plays it as loud as the user wants, also one without a volume. */
export function atVolume(wav: Uint8Array, percent: number): Uint8Array {
  const scaled = wav.slice();
  const view = new DataView(scaled.buffer, scaled.byteOffset, scaled.byteLength);
  for (let offset = HEADER_BYTES; offset + 2 <= scaled.length; offset += 2) {
    view.setInt16(offset, Math.round((view.getInt16(offset, true) * percent) / 100), true);
  }
  return scaled;
}
