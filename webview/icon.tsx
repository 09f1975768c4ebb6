import type { VNode } from "preact";

/** A codicon beside a word that says the same, hence hidden from those who hear the page. */
export function Icon({ name }: { readonly name: string }): VNode {
  return <span class={`codicon codicon-${name}`} aria-hidden="true" />;
}
