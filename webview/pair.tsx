import type { ComponentChildren, VNode } from "preact";

interface PairProps {
  readonly name: ComponentChildren;
  /** What the value rests on. */
  readonly note?: ComponentChildren;
  /** It is in dollars alone. */
  readonly isMoney?: boolean;
  /** It rests on so little that it is pale. */
  readonly isWeak?: boolean | undefined;
  readonly children: ComponentChildren;
}

/** A line of a list of class "pairs noted": the values have a column of their own, so that their digits stand below each other. */
export function Pair({ name, note, isMoney = false, isWeak = false, children }: PairProps): VNode {
  return (
    <div class={[isMoney && "money", isWeak && "weak"].filter(Boolean).join(" ")}>
      <dt>{name}</dt>
      <dd>
        <span class="value">{children}</span> <span class="note">{note}</span>
      </dd>
    </div>
  );
}
