import type { ComponentChildren, VNode } from "preact";

/** A name and what it is. */
export type Row = readonly [name: string, value: string];

/** What is known of one thing, line by line; amounts of money are marked as such. */
export function List({ rows }: { readonly rows: readonly Row[] }): VNode {
  return (
    <dl class="pairs">
      {rows.map(([name, value]) => (
        <div key={name} class={value.startsWith("$") ? "money" : ""}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A column: its head, and the classes of its cells. */
type Column = readonly [title: string, kind: string];

interface TableProps {
  readonly label: string;
  readonly head: readonly Column[];
  readonly children: ComponentChildren;
}

/** A table that scrolls by itself where it is too wide. */
export function Table({ label, head, children }: TableProps): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
    <section class="sideways" aria-label={label} tabIndex={0}>
      <table class="table">
        <thead>
          <tr>
            {head.map(([title, kind]) => (
              <th key={title} scope="col" class={kind}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Decimals of a price in points. */
export function decimalsOf(tickSize: number): number {
  return Math.max(2, `${tickSize}`.split(".")[1]?.length ?? 0);
}
