import { t } from "@vscode/l10n";

/** What the page of the panel is made of: addresses as the webview sees them. */
export interface PageParts {
  /** The webview's own origin, as VS Code names it. */
  readonly cspSource: string;
  /** 128 random bits, new for every load. */
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  readonly icons: string;
  /** The language of its texts, as in `lang`. */
  readonly language: string;
  /** Its texts by their English ones; absent where it is English. */
  readonly texts: Readonly<Record<string, string>> | undefined;
}

/** The policy of the panel: nothing but its own script, styles, fonts and pictures (`default-src 'none'`). */
export function contentSecurityPolicy(cspSource: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-src 'none'",
  ].join("; ");
}

/** The page of the panel; everything in it is drawn by its script. */
export function dashboardPage(parts: PageParts): string {
  const { cspSource, nonce, script, style, icons, language, texts } = parts;
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(cspSource, nonce)}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${t("Volume Cluster Performance")}</title>
<link id="vscode-codicon-stylesheet" rel="stylesheet" href="${icons}">
<link rel="stylesheet" href="${style}">
</head>
<body>
<div id="root"></div>${texts === undefined ? "" : textsBlock(texts)}
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

// Data is no script: the policy, which knows only what runs, lets it pass. A "<" could end the block.
function textsBlock(texts: Readonly<Record<string, string>>): string {
  return `\n<script type="application/json" id="l10n">${JSON.stringify(texts).replaceAll("<", "\\u003c")}</script>`;
}
