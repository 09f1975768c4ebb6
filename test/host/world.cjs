// The world of a test, for a process that loads this before anything else. The file that VSCODE_TEST_CLOCK names says by how many
// milliseconds its clock is off, and may change: then the clock jumps and the timers do not, as after a computer slept or its
// clock was set. Of the names in the network there are this machine's own, and those of Databento's live gateways, which lead to
// an address of this machine, too.
const dns = require("node:dns");
const { readFileSync } = require("node:fs");

const LOOK_MS = 10;
/** The same as in ui/market.ts. */
const GATEWAY = "127.0.13.1";

const machine = Date.now;
let off = 0;
look();
setInterval(look, LOOK_MS).unref();

const now = () => machine() + off;
globalThis.Date = new Proxy(Date, {
  apply: () => new Date().toString(),
  construct: (target, given, self) => Reflect.construct(target, given.length === 0 ? [now()] : given, self),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});

const lookup = dns.lookup;
dns.lookup = (name, ...rest) => {
  if (name.endsWith(".lsg.databento.com")) return lookup(GATEWAY, ...rest);
  if (name === "localhost" || name === "::1" || name.startsWith("127.")) return lookup(name, ...rest);
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND", hostname: name });
  return process.nextTick(rest.at(-1), error);
};
for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];

function look() {
  const text = readFileSync(process.env.VSCODE_TEST_CLOCK, "utf8");
  if (/^-?\d+$/.test(text)) off = Number(text);
}
