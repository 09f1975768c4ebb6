import { z } from "zod";
import { KEYS } from "./settingKeys.js";

const PREFIX = "volumeCluster.";

/**
 * The `contributes.configuration` of package.json, made from the settings' schemas: JSON schema draft 7 with the
 * fields that VS Code adds to it. A test keeps package.json equal to it.
 */
export function contributedSettings(): {
  readonly title: string;
  readonly properties: Readonly<Record<string, object>>;
} {
  const properties = Object.entries(KEYS).map(([key, schema], order) => [PREFIX + key, contributed(schema, order)]);
  return { title: "Volume Cluster", properties: Object.fromEntries(properties) };
}

function contributed(schema: z.ZodType, order: number): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
  return { ...json, order };
}
