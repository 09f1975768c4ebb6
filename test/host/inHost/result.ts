/** What became of one test; test/host/run.mjs reads it as JSON. */
export interface TestResult {
  readonly title: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly error?: string;
}
