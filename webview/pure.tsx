import { Component, type ComponentChildren, type FunctionComponent, h } from "preact";

/**
 * Makes a section that is drawn anew only when one of its properties is another: most of what the host tells, four times a second,
 * concerns few of them.
 */
export function pure<Props extends object>(Section: FunctionComponent<Props>): FunctionComponent<Props> {
  class Pure extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return !isSame(this.props, next);
    }

    override render(): ComponentChildren {
      return h(Section, this.props);
    }
  }
  return (props) => h(Pure, props);
}

function isSame<Props extends object>(before: Props, after: Props): boolean {
  const keys = Object.keys(after) as (keyof Props)[];
  return keys.length === Object.keys(before).length && keys.every((key) => Object.is(before[key], after[key]));
}
