import { Store } from "../../src/store/store.js";
import { fill, recommendation } from "../support/outputs.js";

// Records fills as fast as it can and says the id of each on standard output as soon as it was recorded, until it is killed.
const [folder = "", name = ""] = process.argv.slice(2);
const silent = { info() {}, warn() {}, error() {} };
const noDatabase = () => Promise.reject(new Error("not needed"));
const store = await Store.open({ folder, kind: "live", appVersion: "0.1.0", wasm: noDatabase, log: silent });
for (let number = 0; ; number += 1) {
  const id = `${name}-${number}`;
  const issued = number % 8 === 0 ? [recommendation({ id: `recommendation:${id}` })] : [];
  await store.keep([...issued, fill({ id, recommendation: `recommendation:${id}` })]);
  process.stdout.write(`${id}\n`);
}
