import { say } from "../core/say.js";

const LONGEST = 500;

/**
 * What would run something in VS Code or in the system, or read a file, in the place of opening a platform: commands, scripts, files,
 * editors, shells, and the helpers of Windows that take a command line.
 */
const FORBIDDEN =
  /^(command|file|javascript|vbscript|data|blob|about|view-source|jar|res|shell|smb|ftp|sftp|ssh|telnet|ldap|search|search-ms|ms-.*|vscode.*|vscodium|code|code-.*|cursor|windsurf)$/;

/** What is wrong with the address of a broker's platform, as one sentence; undefined: it may be opened. */
export function launchUriProblem(text: string): string | undefined {
  if (text.length > LONGEST) return say("it has more than {0} characters", LONGEST);
  if (/[\s\u0000-\u001f\u007f-\u009f"<>`]/.test(text)) return say("it has blanks or characters that no address has");
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]{1,30}):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || !URL.canParse(text)) return say("it is no address such as https://broker.example/trade");
  if (FORBIDDEN.test(scheme)) return say('an address that begins with "{0}:" is never opened', scheme);
  const { hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return say("it has a name or password in it");
  if (/^https?$/.test(scheme) && hostname === "") return say("it names no host");
  return undefined;
}
