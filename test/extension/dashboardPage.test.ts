import { describe, expect, it } from "vitest";
import { contentSecurityPolicy, dashboardPage } from "../../src/extension/dashboardPage.js";

const PAGE = dashboardPage({
  cspSource: "https://webview.example",
  nonce: "N0nce",
  script: "https://webview.example/webview.js",
  style: "https://webview.example/webview.css",
  icons: "https://webview.example/codicon.css",
});

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
});
