// Serves the panel as a plain page with sample data, under the same policy as in VS Code: `node webview/dev/serve.mjs`.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const codicons = "node_modules/@vscode/codicons/dist/";

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve(8099);
  process.stdout.write(`${url}\n`);
  process.stdout.write("Add ?sample=buy|short|wait|stale|idle|late|first|few|losses|empty|long|large|discreet");
  process.stdout.write(" and &theme=dark|light|high-contrast|high-contrast-light and &lang=zh-cn\n");
}

export async function serve(port = 0) {
  const files = new Map();
  for (const { path, contents } of [...(await bundle("webview/main.ts")), ...(await bundle("webview/dev/host.ts"))]) {
    files.set(path.slice(path.lastIndexOf("/")), contents);
  }
  files.set("/codicon.css", await readFile(`${root}/${codicons}codicon.css`));
  files.set("/codicon.ttf", await readFile(`${root}/${codicons}codicon.ttf`));
  const chinese = await readFile(`${root}/l10n/bundle.l10n.zh-cn.json`, "utf8");
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const contents =
      pathname === "/"
        ? page(randomBytes(16).toString("base64"), searchParams.get("lang") === "zh-cn" ? chinese : undefined)
        : files.get(pathname);
    response.writeHead(contents === undefined ? 404 : 200, { "content-type": contentType(pathname) });
    response.end(contents);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function bundle(entry) {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: "/",
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "chrome130",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    write: false,
    logLevel: "warning",
  });
  return result.outputFiles;
}

function page(nonce, chinese) {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "base-uri 'none'",
  ];
  return `<!DOCTYPE html>
<html lang="${chinese === undefined ? "en" : "zh-cn"}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Performance, sample data</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" id="vscode-codicon-stylesheet" href="codicon.css">
  <link rel="stylesheet" href="main.css">
</head>
<body>
  <div id="root"></div>${chinese === undefined ? "" : textsBlock(chinese)}
  <script nonce="${nonce}" src="host.js"></script>
  <script nonce="${nonce}" src="main.js"></script>
</body>
</html>`;
}

function textsBlock(texts) {
  return `<script type="application/json" id="l10n">${texts.replaceAll("<", "\\u003c")}</script>`;
}

function contentType(path) {
  if (path.endsWith(".js")) return "text/javascript";
  if (path.endsWith(".css")) return "text/css";
  return path.endsWith(".ttf") ? "font/ttf" : "text/html; charset=utf-8";
}
