import { describe, expect, it } from "vitest";
import { contentSecurityPolicy, dashboardPage } from "../../src/extension/dashboardPage.js";

const PARTS = {
  cspSource: "https://webview.example",
  nonce: "N0nce",
  script: "https://webview.example/webview.js",
  style: "https://webview.example/webview.css",
  icons: "https://webview.example/codicon.css",
  language: "en",
  texts: undefined,
};
const PAGE = dashboardPage(PARTS);

describe("The panel's page", () => {
  it("allows its own parts and nothing else", () => {
    expect(contentSecurityPolicy("https://webview.example", "N0nce").split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'nonce-N0nce'",
      "style-src https://webview.example 'nonce-N0nce'",
      "font-src https://webview.example",
      "img-src https://webview.example data:",
      "connect-src 'none'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-src 'none'",
    ]);
    expect(PAGE).not.toMatch(/unsafe-/);
  });

  it("has one script, with the nonce, and no style attribute or inline handler", () => {
    expect(PAGE.match(/<script\b[^>]*>/g)).toEqual(['<script nonce="N0nce" src="https://webview.example/webview.js">']);
    expect(PAGE).not.toMatch(/\sstyle=|\son\w+=/);
    expect(PAGE).toContain('<meta property="csp-nonce" content="N0nce">');
    expect(PAGE).toContain('<div id="root"></div>');
  });

  it("brings the texts of its language as data that cannot end its block", () => {
    const texts = { Start: "</script><script>alert(1)</script><!--" };
    const page = dashboardPage({ ...PARTS, language: "zh-cn", texts });
    const [, block] =
      /<script type="application\/json" id="l10n">(.*)<\/script>\n<script nonce="N0nce"/.exec(page) ?? [];
    expect(JSON.parse(block ?? "")).toEqual(texts);
    expect(page.match(/<script\b/g)).toHaveLength(2);
    expect(page).toContain('<html lang="zh-cn">');
    expect(PAGE).toContain('<html lang="en">');
    expect(PAGE).not.toContain("l10n");
  });
});
