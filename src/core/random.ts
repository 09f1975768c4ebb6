/**
 * A stream of random numbers that is a pure function of its keys: xoshiro128** 1.1, its state filled by a splitmix-style
 * hash of the keys. Streams of different keys are independent for every practical purpose. Not for secrets.
 *
 * @see Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), and
 * https://prng.di.unimi.it/xoshiro128starstar.c
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param keys safe integers, such as a seed, a day and the number of a purpose */
  constructor(...keys: readonly number[]) {
    let hash = 0;
    for (const key of keys) {
      hash = mix(hash ^ (key >>> 0));
      hash = mix(hash ^ Math.floor(key / 2 ** 32));
    }
    this.#a = mix(hash);
    this.#b = mix(hash + GOLDEN);
    this.#c = mix(hash + 2 * GOLDEN);
    this.#d = mix(hash + 3 * GOLDEN) | 1; // the one state that stands still is all zeros
  }

  /** The next 32 random bits, as an integer in [0, 2^32). */
  bits(): number {
    const scrambled = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return scrambled;
  }

  /** Uniform over multiples of 2^-32 in [0, 1). */
  unit(): number {
    return this.bits() / 2 ** 32;
  }

  /** Uniform over [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** Uniform over the integers of [low, high). */
  whole(low: number, high: number): number {
    return low + Math.floor((high - low) * this.unit());
  }
}

/** 2^32 over the golden ratio: the step of splitmix (Steele, Lea & Flood 2014). */
const GOLDEN = 0x9e3779b9;

/** One step of splitmix in 32 bits: every bit of the input changes half of the output's. */
function mix(value: number): number {
  let z = (value + GOLDEN) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

function rotate(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}
