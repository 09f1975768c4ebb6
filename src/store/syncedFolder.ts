/** Programs that copy folders between computers, by the names that they give these. */
const SYNCED: readonly (readonly [program: string, name: RegExp])[] = [
  ["OneDrive", /^OneDrive( - .+)?$/i],
  ["Dropbox", /^Dropbox( \(.+\))?$/i],
  ["iCloud", /^(Mobile Documents|iCloud ?Drive)$/i],
  ["Google Drive", /^(Google ?Drive|GoogleDrive-.+)$/i],
];

/**
 * The program that seems to keep a folder the same on several computers. The journal bears that: copies count once. But each
 * computer may see the other's records late, and the databases of both in turns.
 *
 * @param path with either separator
 */
export function synchronizedBy(path: string): string | undefined {
  const names = path.split(/[\\/]/);
  return SYNCED.find(([, name]) => names.some((part) => name.test(part)))?.[0];
}
