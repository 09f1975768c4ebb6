import { type Fs, nodeFs } from "../../src/store/files.js";
import { Store } from "../../src/store/store.js";
import { fill } from "../support/outputs.js";

// Records three fills, says their ids, and closes; it kills itself at a call to the file system of that close.
const [folder = "", cut = "0"] = process.argv.slice(2);
let left = Number.POSITIVE_INFINITY;
const fs = new Proxy(nodeFs, {
  get(target, name) {
    const call: unknown = Reflect.get(target, name);
    if (typeof call !== "function") return call;
    return (...given: unknown[]) => {
      left -= 1;
      if (left < 0) process.kill(process.pid, "SIGKILL");
      return Reflect.apply(call, target, given);
    };
  },
}) as Fs;
const silent = { info() {}, warn() {}, error() {} };
const noDatabase = () => Promise.reject(new Error("not needed"));
const store = await Store.open({
  folder,
  kind: "live",
  appVersion: "0.1.0",
  fs,
  wasm: noDatabase,
  log: silent,
  snapshotAfter: 1,
});
for (const id of ["A", "B", "C"]) await store.keep([fill({ id })]);
left = Number(cut);
await store.close();
process.stdout.write("closed\n");
