// What the results of a suite come to.

/**
 * The results that a part of the in-host suite wrote, and a failure where none of them tells that VS Code ended badly or that
 * nothing ran.
 *
 * @param {readonly { title: string, state: "passed" | "failed" | "skipped", error?: string }[]} results
 * @param {Error | undefined} rejection why VS Code ended badly
 */
export function partResults(results, rejection) {
  if (results.some(({ state }) => state === "failed")) return results;
  if (results.length > 0 && rejection === undefined) return results;
  const what = results.length === 0 ? "it wrote no result, or ran no test" : "VS Code ended badly after its tests";
  const error = rejection === undefined ? what : `${what}: ${rejection.message}`;
  return [...results, { title: "The suite ends", state: "failed", error }];
}
