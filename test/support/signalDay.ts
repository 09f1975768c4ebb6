import { concatBytes, trade } from "./dbnBytes.js";
import { heartbeat, liveMetadata, mapping, system } from "./liveMarket.js";

/** Seconds after the market's start at which the bar of the signal has ended. */
export const SIGNAL_SECONDS = 7260;

/** What a gateway sends before the records of ES.v.0. */
export const SESSION_HEAD = concatBytes(liveMetadata(), system(1, "ok"), mapping());

/** The last trade before the signal; after a lost connection the gateway repeats it. */
export const LAST_BEFORE_SIGNAL = trade({ seconds: 7220, price: 4820, size: 10 });

/** Two quiet hours, then a minute with ten times their volume at its low: a BUY signal at its end. For a session around the clock. */
export function dayWithSignal(): Uint8Array {
  const quiet = Array.from({ length: 120 }, (_, minute) =>
    [0, 20, 40].map((second, i) => trade({ seconds: minute * 60 + second, price: 4800 + 2 * i, size: 10 })),
  );
  const spike = [trade({ seconds: 7200, price: 4800, size: 280 }), trade({ seconds: 7210, price: 4810, size: 10 })];
  return concatBytes(...quiet.flat(), ...spike, LAST_BEFORE_SIGNAL, heartbeat(SIGNAL_SECONDS));
}
