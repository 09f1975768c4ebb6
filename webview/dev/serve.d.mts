/**
 * Serves the panel as a plain page with sample data, under the same content policy as in VS Code.
 *
 * @param port 0 or nothing takes a free one; loopback only
 * @returns the address; the query `sample` names a sample of `sample.ts`, `theme` a theme of `themes.ts`
 */
export function serve(port?: number): Promise<{ readonly url: string; close(): Promise<unknown> }>;
