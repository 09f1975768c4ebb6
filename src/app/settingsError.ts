import type { z } from "zod";
import { say } from "../core/say.js";

/** Settings that nothing may start on: the message names the key, the value and what is allowed. */
export class SettingsError extends Error {
  /** Every problem found, one sentence each; the message holds the first. */
  readonly problems: readonly string[];

  constructor(problems: readonly [string, ...string[]], options?: { readonly cause?: unknown }) {
    super(problems.length === 1 ? problems[0] : say("{0} (and {1} more)", problems[0], problems.length - 1), options);
    this.name = "SettingsError";
    this.problems = problems;
  }
}

type Issue = z.core.$ZodIssue;

/** Says in words what a failed parse of `input` found; at the top level `known` are the keys, further in `inner`. */
export function problemsOf(
  issues: readonly Issue[],
  input: unknown,
  known: readonly string[],
  inner: readonly string[],
): readonly string[] {
  return issues
    .flatMap((issue) => innermost(issue))
    .flatMap((issue) => {
      const path = nameOf(issue.path);
      if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) =>
          path === ""
            ? unknownKey(key, known)
            : suggested(say('Setting "{0}" has an unknown name {1}', path, show(key)), key, inner),
        );
      }
      const value = valueAt(input, issue.path);
      if (path === "") return [say("Settings must be {0}, but are {1}", issue.message, show(value))];
      if (value === undefined) return [say('Setting "{0}" is missing: it must be {1}', path, issue.message)];
      return [say('Setting "{0}" is {1}, but must be {2}', path, show(value), issue.message)];
    });
}

/** Shows any value in one short line without control characters. */
export function show(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (safeJson(value) ?? String(value));
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "?");
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}

function unknownKey(key: string, known: readonly string[]): string {
  return suggested(say("Unknown setting {0}", show(key)), key, known);
}

function suggested(problem: string, key: string, known: readonly string[]): string {
  const best = nearest(key, known);
  return best === undefined ? problem : say('{0}: did you mean "{1}"?', problem, best);
}

/**
 * The known name that is the fewest edits away.
 *
 * @returns undefined when none is near: more than half of the name would have to change
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 100) return undefined;
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < fewest) {
      fewest = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein's distance. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substituted));
    }
    previous = row;
  }
  return previous[to.length] ?? 0;
}

// A value that fits no branch of a union is best explained by the branch it came furthest into.
function innermost(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const tried = issue.errors.find((branch) =>
    branch.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
  );
  if (tried === undefined) return [issue];
  return tried.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] } as Issue));
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === "number") return `${name}[${part}]`;
    return name === "" ? String(part) : `${name}.${String(part)}`;
  }, "");
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
