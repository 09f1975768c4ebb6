/** A theme as VS Code puts it on a webview's page: a class and a kind on the body, variables on the root. */
export interface Theme {
  readonly bodyClass: string;
  readonly colors: Readonly<Record<string, string>>;
}

const FONT = '"Segoe WPC", "Segoe UI", system-ui, "Ubuntu", "Droid Sans", "DejaVu Sans", sans-serif';

/** VS Code's default themes, as far as the panel uses them. */
export const THEMES = {
  dark: {
    bodyClass: "vscode-dark",
    colors: {
      foreground: "#bfbfbf",
      descriptionForeground: "#8c8c8c",
      errorForeground: "#f48771",
      focusBorder: "#3994bcb3",
      "textLink-foreground": "#48a0c7",
      "editor-background": "#121314",
      "editor-foreground": "#bbbebf",
      "editorWidget-background": "#202122",
      "editorWidget-border": "#2a2b2c",
      "widget-border": "#2a2b2c",
      "editorWarning-foreground": "#e5ba7d",
      "gitDecoration-addedResourceForeground": "#73c991",
      "charts-blue": "#57a3f8",
      "charts-red": "#ef8773",
      "charts-green": "#86cf86",
      "list-hoverBackground": "#ffffff14",
      "list-activeSelectionBackground": "#3994bc26",
      "list-activeSelectionForeground": "#ededed",
      "badge-background": "#307e9f",
      "badge-foreground": "#ffffff",
      "button-background": "#297aa0",
      "button-foreground": "#ffffff",
      "button-hoverBackground": "#2b7da3",
      "button-secondaryBackground": "#2a2b2c",
      "button-secondaryForeground": "#bfbfbf",
      "button-secondaryHoverBackground": "#333536",
      "dropdown-background": "#191a1b",
      "dropdown-border": "#333536",
      "dropdown-foreground": "#bfbfbf",
    },
  },
  light: {
    bodyClass: "vscode-light",
    colors: {
      foreground: "#202020",
      descriptionForeground: "#606060",
      errorForeground: "#ad0707",
      focusBorder: "#0069cc",
      "textLink-foreground": "#0069cc",
      "editor-background": "#ffffff",
      "editor-foreground": "#202020",
      "editorWidget-background": "#fafafd",
      "editorWidget-border": "#e4e5e6",
      "widget-border": "#e2e2e5",
      "editorWarning-foreground": "#667309",
      "gitDecoration-addedResourceForeground": "#587c0c",
      "gitDecoration-deletedResourceForeground": "#ad0707",
      "charts-blue": "#1a5cff",
      "charts-red": "#ad0707",
      "charts-green": "#388a34",
      "list-hoverBackground": "#00000014",
      "list-activeSelectionBackground": "#0069cc26",
      "list-activeSelectionForeground": "#202020",
      "badge-background": "#0069cc",
      "badge-foreground": "#ffffff",
      "button-background": "#0069cc",
      "button-foreground": "#ffffff",
      "button-hoverBackground": "#0063c1",
      "button-secondaryBackground": "#eaeaea",
      "button-secondaryForeground": "#202020",
      "button-secondaryHoverBackground": "#f2f3f4",
      "dropdown-background": "#ffffff",
      "dropdown-border": "#d8d8d8",
      "dropdown-foreground": "#202020",
    },
  },
  "high-contrast": {
    bodyClass: "vscode-high-contrast",
    colors: {
      foreground: "#ffffff",
      descriptionForeground: "#ffffffb3",
      errorForeground: "#f48771",
      focusBorder: "#f38518",
      contrastBorder: "#6fc3df",
      contrastActiveBorder: "#f38518",
      "textLink-foreground": "#21a6ff",
      "editor-background": "#000000",
      "editor-foreground": "#ffffff",
      "editorWidget-background": "#0c141f",
      "editorWidget-border": "#6fc3df",
      "editorWarning-foreground": "#ffd370",
      "gitDecoration-addedResourceForeground": "#a1e3ad",
      "charts-blue": "#3794ff",
      "charts-red": "#f48771",
      "charts-green": "#89d185",
      "badge-background": "#000000",
      "badge-foreground": "#ffffff",
      "button-background": "#000000",
      "button-foreground": "#ffffff",
      "button-border": "#6fc3df",
      "button-secondaryForeground": "#ffffff",
      "dropdown-background": "#000000",
      "dropdown-border": "#6fc3df",
      "dropdown-foreground": "#ffffff",
    },
  },
  "high-contrast-light": {
    bodyClass: "vscode-high-contrast-light vscode-high-contrast",
    colors: {
      foreground: "#292929",
      descriptionForeground: "#292929b3",
      errorForeground: "#b5200d",
      focusBorder: "#006bbd",
      contrastBorder: "#0f4a85",
      contrastActiveBorder: "#006bbd",
      "textLink-foreground": "#0f4a85",
      "editor-background": "#ffffff",
      "editor-foreground": "#292929",
      "editorWidget-background": "#ffffff",
      "editorWidget-border": "#0f4a85",
      "editorWarning-foreground": "#895503",
      "gitDecoration-addedResourceForeground": "#374e06",
      "charts-blue": "#1a85ff",
      "charts-red": "#b5200d",
      "charts-green": "#374e06",
      "badge-background": "#0f4a85",
      "badge-foreground": "#ffffff",
      "button-background": "#0f4a85",
      "button-foreground": "#ffffff",
      "button-border": "#0f4a85",
      "button-secondaryBackground": "#ffffff",
      "button-secondaryForeground": "#292929",
      "dropdown-background": "#ffffff",
      "dropdown-border": "#0f4a85",
      "dropdown-foreground": "#292929",
    },
  },
} as const satisfies Record<string, Theme>;

/** The name of a theme. */
export type ThemeName = keyof typeof THEMES;

/** Puts a theme on the page in the place of the one before it. */
export function wear(name: ThemeName): void {
  const theme: Theme = THEMES[name];
  const root = document.documentElement;
  root.removeAttribute("style");
  root.style.setProperty("--vscode-font-family", FONT);
  root.style.setProperty("--vscode-font-size", "13px");
  for (const [color, value] of Object.entries(theme.colors)) root.style.setProperty(`--vscode-${color}`, value);
  document.body.className = theme.bodyClass;
  document.body.dataset.vscodeThemeKind = theme.bodyClass.split(" ")[0];
  document.body.dataset.vscodeThemeId = name;
}
