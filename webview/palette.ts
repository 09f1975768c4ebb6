/** The theme's colors in a form that a canvas understands. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly grid: string;
  /** The lines to the pointer, and what is behind their labels. */
  readonly crosshair: { readonly color: string; readonly labelBackgroundColor: string };
  readonly balance: string;
  readonly balanceFill: string;
  readonly drawdown: string;
  readonly drawdownFill: string;
  readonly up: string;
  readonly down: string;
  readonly fontFamily: string;
}

const FILL = 0.25;
const GRID = 0.15;
const CROSSHAIR = 0.6;

/** Reads the colors of the theme that is on now: a canvas knows no CSS variables. */
export function readPalette(): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  // A system of high contrast puts its own color in the place of each, and a background would be that of texts.
  probe.style.setProperty("forced-color-adjust", "none");
  document.body.append(probe);
  const color = (value: string) => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const text = color("var(--vscode-foreground)");
  const balance = color("var(--vscode-charts-blue)");
  const drawdown = color("var(--vscode-charts-red)");
  const palette = {
    background: color("var(--vscode-editor-background)"),
    text,
    grid: fade(text, GRID),
    crosshair: { color: fade(text, CROSSHAIR), labelBackgroundColor: text },
    balance,
    balanceFill: fade(balance, FILL),
    drawdown,
    drawdownFill: fade(drawdown, FILL),
    up: color("var(--up)"),
    down: color("var(--down)"),
    fontFamily: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return palette;
}

/** A computed color, "rgb(r, g, b)" or "rgba(r, g, b, a)", as transparent as `alpha`; another form as it is. */
export function fade(color: string, alpha: number): string {
  const channels = /^rgba?\((\d+), (\d+), (\d+)/.exec(color);
  return channels === null ? color : `rgba(${channels.slice(1, 4).join(", ")}, ${alpha})`;
}

/** Calls `changed` whenever VS Code puts another theme on: it writes its name on the body and its colors on the root. */
export function watchTheme(changed: () => void): { dispose(): void } {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
  return { dispose: () => observer.disconnect() };
}
