/** One row of a tree view, as plain data. */
export interface Row {
  /** The same row keeps its id from one drawing to the next, so that selection and focus stay. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Lines of plain text. */
  readonly tooltip?: readonly string[];
  /** Name of a codicon. */
  readonly icon?: string;
  /** Colour of the icon, a theme's; the icon and the words say the same. */
  readonly colour?: "charts.green" | "charts.yellow" | "charts.red";
  /** For a screen reader, where label and description are not words. */
  readonly spoken?: string;
  /** Run with the id of what the row shows. */
  readonly command?: { readonly id: string; readonly argument?: string };
  /** For menus; what their commands work on is `subject`. */
  readonly kind?: "pending" | "open" | "broker";
  readonly subject?: string;
  /** A box that the user ticks. */
  readonly ticked?: boolean;
  readonly children?: readonly Row[];
}
