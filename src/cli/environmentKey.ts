import { ApiKey } from "../feed/databento/apiKey.js";
import type { Terminal } from "./command.js";
import { CommandError } from "./usageError.js";

const VARIABLE = "DATABENTO_API_KEY";

/**
 * The Databento key of the terminal's environment.
 *
 * @throws CommandError where there is none, FeedError where it cannot be one
 */
export function environmentKey({ environment }: Terminal): ApiKey {
  const text = environment(VARIABLE) ?? "";
  if (text.trim() !== "") return ApiKey.parse(text);
  throw new CommandError(`There is no Databento key: put it into the environment variable ${VARIABLE}`);
}
