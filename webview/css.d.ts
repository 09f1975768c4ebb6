/** Style sheets are bundled by esbuild into dist/webview/webview.css. */
declare module "*.css";
