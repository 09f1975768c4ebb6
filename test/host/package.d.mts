/** Types of package.mjs for tests in TypeScript. */
export const ROOT: string;
export const SHIPPED: readonly string[];
export function packExtension(folder: string): Promise<string>;
