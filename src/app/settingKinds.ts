import { isAbsolute } from "node:path";
import { z } from "zod";
import { say } from "../core/say.js";
import { launchUriProblem } from "./launchUri.js";
import { TICKET_FIELDS, templateProblem } from "./orderTicket.js";

/** What every setting says about itself, beside its shape. */
export interface About {
  /** For people, Markdown: what it does and in which unit. */
  readonly doc: string;
  /** `machine` for what names a host, a path or a program; the rest is `application`. A workspace sets neither. */
  readonly scope?: "machine";
}

interface Range extends About {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** A finite number of [min, max]. */
export function decimal(about: Range) {
  const error = say("a number from {0} to {1}", about.min, about.max);
  return described(
    z.number({ error }).min(about.min, { error }).max(about.max, { error }).default(about.default),
    about,
  );
}

/** A whole number of [min, max]. */
export function whole(about: Range) {
  const error = say("a whole number from {0} to {1}", about.min, about.max);
  return described(z.int({ error }).min(about.min, { error }).max(about.max, { error }).default(about.default), about);
}

/** An amount in whole hundredths. */
export function money(about: Range) {
  const error = say("an amount in whole cents from {0} to {1}", about.min, about.max);
  const amount = z.number({ error }).min(about.min, { error }).max(about.max, { error });
  const inCents = amount.refine((value) => Math.round(value * 100) / 100 === value, { error });
  return described(inCents.default(about.default), about);
}

/** true or false. */
export function flag(about: About & { readonly default: boolean }) {
  return described(z.boolean({ error: say("true or false") }).default(about.default), about);
}

/** One of a closed list, each value with its own description. */
export function choice<const T extends Readonly<Record<string, string>>>(
  about: About & { readonly default: Extract<keyof T, string>; readonly values: T },
) {
  type Value = Extract<keyof T, string>;
  const values = Object.keys(about.values) as Value[];
  const schema = z.enum(values as [Value, ...Value[]], { error: say("one of {0}", list(values)) });
  return schema.default(about.default as never).meta({
    ...meta(about),
    enumDescriptions: Object.values(about.values),
  });
}

const SYMBOL = say("an instrument's name: 1 to 22 capital letters, digits, dots, colons or hyphens");

/** A product's root or a raw symbol; the letters that a gateway's line protocol cannot misread. */
export function symbolName() {
  return z.string({ error: SYMBOL }).regex(/^[A-Z0-9.\-:]{1,22}$/, { error: SYMBOL });
}

/** The same as a setting. */
export function symbol(about: About & { readonly default: string }) {
  return described(symbolName().default(about.default), about);
}

const CONTRACT = /^([A-Z0-9.\-:]{0,22}|[A-Z0-9]{1,3} (JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\d{2})$/;

/** One contract, by its raw symbol or its label; "" stands for none. */
export function contractName(about: About) {
  const error = say('a contract such as "ESM5" or "ES JUN25", or empty');
  return described(z.string({ error }).regex(CONTRACT, { error }).default(""), about);
}

/** An absolute folder of this machine, not of a network; "" stands for none. */
export function folder(about: About) {
  const error = say("the absolute path of a folder on this machine, or empty");
  const schema = z.string({ error }).refine(isLocalFolder, { error });
  return described(schema.default(""), { ...about, scope: "machine" });
}

const DATASET = say('the name of a dataset such as "GLBX.MDP3"');

/** A dataset of Databento's. */
export function dataset(about: About & { readonly default: string }) {
  const schema = z.string({ error: DATASET }).regex(/^[A-Z0-9]{1,8}\.[A-Z0-9]{1,8}$/, { error: DATASET });
  return described(schema.default(about.default), about);
}

const GATEWAY = say("the name of one of Databento's live gateways, NAME.lsg.databento.com, or empty");

/** A live gateway of Databento's and no other host; "" stands for none. */
export function gatewayHost(about: About & { readonly default: string }) {
  const schema = z.string({ error: GATEWAY }).regex(/^$|^[a-z0-9][a-z0-9-]{0,62}\.lsg\.databento\.com$/, {
    error: GATEWAY,
  });
  return described(schema.default(about.default), { ...about, scope: "machine" });
}

const CLOCK = say("a time of day as HH:MM");
const DAYS = say("a list of weekdays from 1 (Monday) to 7 (Sunday), each once");
const ZONE = say('an IANA time zone such as "America/New_York"');
export const HOURS = '"rth", "globex", "continuous" or {"timeZone", "open", "close", "days"}';

const QUIET = say('hours as "22:00-07:00", or empty');

/** Hours of a day that may go over midnight; "" stands for none. */
export function quietHours(about: About) {
  const schema = z.string({ error: QUIET }).regex(/^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, {
    error: QUIET,
  });
  return described(schema.default(""), about);
}

const TICKET = `a text in which only {${TICKET_FIELDS.join("}, {")}} stand in braces, or empty`;

/** How an order is written for a broker; "" stands for a field a line. */
export function ticketTemplate(about: About) {
  const schema = z.string({ error: TICKET }).refine((text) => templateProblem(text) === undefined, { error: TICKET });
  return described(schema.default(""), about);
}

const LAUNCH = say("the address of your broker's platform, https://... or one of an app, or empty");

/** What is opened as the broker's platform; "" stands for nothing. */
export function launchUri(about: About) {
  const isRight = (text: string) => text === "" || launchUriProblem(text) === undefined;
  const schema = z.string({ error: LAUNCH }).refine(isRight, { error: LAUNCH });
  return described(schema.default(""), { ...about, scope: "machine" });
}

/** Hours of one's own (`CustomHours`). */
const customHours = z.strictObject(
  {
    timeZone: z.string({ error: ZONE }).refine(isTimeZone, { error: ZONE }),
    open: z.string({ error: CLOCK }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: CLOCK }),
    close: z.string({ error: CLOCK }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: CLOCK }),
    days: z
      .array(z.int({ error: DAYS }).min(1, { error: DAYS }).max(7, { error: DAYS }), { error: DAYS })
      .min(1, { error: DAYS })
      .max(7, { error: DAYS })
      .refine((days) => new Set(days).size === days.length, { error: DAYS }),
  },
  { error: strict(HOURS) },
);

/** When an instrument trades: one of the named sessions, or hours of one's own. */
export const hours = z.union([z.enum(["rth", "globex", "continuous"]), customHours], { error: HOURS });

/** The same as a setting, where "" leaves it to the instrument. */
export const ownHours = z.union([z.enum(["", "rth", "globex", "continuous"]), customHours], {
  error: `"", ${HOURS}`,
});

/** A strict object names the unknown key itself (see `settingsError.ts`); anything else gets `expected`. */
export function strict(expected: string) {
  return (issue: { readonly code?: string }) => (issue.code === "unrecognized_keys" ? undefined : expected);
}

function described<T extends z.ZodType>(schema: T, about: About): T {
  return schema.meta(meta(about)) as T;
}

function meta(about: About) {
  return { markdownDescription: about.doc, scope: about.scope ?? "application" };
}

function list(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(", ");
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

function isLocalFolder(path: string): boolean {
  if (path === "") return true;
  return isAbsolute(path) && !/^[\\/]{2}/.test(path) && !/[\u0000-\u001f\u007f]/.test(path) && path.length <= 4096;
}
