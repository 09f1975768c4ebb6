import type { TestResult } from "./inHost/result.js";

export function partResults(results: readonly TestResult[], rejection: Error | undefined): readonly TestResult[];
