import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import { withElements } from "./withElements.js";

/**
 * The axis is fixed, so that whiskers can be compared at a glance: 10 to 80 %. A bracket that breaks even at 35 % puts most
 * intervals into its lower half, and the user's hurdle and target into the upper one.
 */
const AXIS_LOW = 0.1;
const AXIS_HIGH = 0.8;

/** Where a whisker lies on its axis, in hundredths of the axis' length. */
export interface WhiskerGeometry {
  readonly low: number;
  readonly high: number;
  /** undefined beyond the axis. */
  readonly mean: number | undefined;
  /** The line of a fair coin, 50 %. */
  readonly even: number;
  /** The rate at which nothing is gained; undefined beyond the axis. */
  readonly breakEven: number | undefined;
  /** The interval goes on beyond the axis. */
  readonly clippedLow: boolean;
  readonly clippedHigh: boolean;
}

/**
 * Places an interval of fractions on the axis from 10 to 80 %; what lies outside is cut off at its end.
 *
 * @returns undefined when a number is missing
 */
export function whiskerGeometry(
  interval: readonly [low: number, high: number],
  mean: number | undefined,
  breakEven: number,
): WhiskerGeometry | undefined {
  const [low, high] = interval;
  if (![low, high, mean ?? 0].every(Number.isFinite)) return undefined;
  return {
    low: position(low),
    high: position(high),
    mean: mean === undefined ? undefined : positionWithin(mean),
    even: position(0.5),
    breakEven: positionWithin(breakEven),
    clippedLow: low < AXIS_LOW,
    clippedHigh: high > AXIS_HIGH,
  };
}

/** undefined beyond the axis, and for a number that is none. */
function positionWithin(fraction: number): number | undefined {
  return AXIS_LOW <= fraction && fraction <= AXIS_HIGH ? position(fraction) : undefined;
}

function position(fraction: number): number {
  const share = (fraction - AXIS_LOW) / (AXIS_HIGH - AXIS_LOW);
  // Tenths of a hundredth are finer than a pixel and keep the markup short.
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
}

/** What an interval proves: an edge, that there is none, or neither. */
type Tone = "good" | "bad" | "plain";

interface WhiskerProps {
  readonly interval: readonly [low: number, high: number];
  /** The dot; none where nothing is known. */
  readonly mean: number | undefined;
  /** The rate at which nothing is gained. */
  readonly breakEven: number;
  readonly tone?: Tone;
}

/** An interval as a line with a dot, on a fixed axis with marks at break-even and 50 %. The numbers stand beside it as text. */
export function Whisker({ interval, mean, breakEven, tone = "plain" }: WhiskerProps): VNode | null {
  const geometry = whiskerGeometry(interval, mean, breakEven);
  if (geometry === undefined) return null;
  const { low, high, mean: dot, even, breakEven: mark, clippedLow, clippedHigh } = geometry;
  const x = (share: number) => share + 6;
  return (
    <svg class={`whisker ${tone}`} viewBox="0 0 112 16" aria-hidden="true" focusable="false">
      <line class="whisker-axis" x1={x(0)} x2={x(100)} y1="8" y2="8" />
      <line class="whisker-even" x1={x(even)} x2={x(even)} y1="0" y2="16" />
      {mark !== undefined && <line class="whisker-break-even" x1={x(mark)} x2={x(mark)} y1="0" y2="16" />}
      {low < high && <line class="whisker-line" x1={x(low)} x2={x(high)} y1="8" y2="8" />}
      {clippedLow && <path class="whisker-clip" d={`M ${x(0)} 4 l -4 4 l 4 4`} />}
      {clippedHigh && <path class="whisker-clip" d={`M ${x(100)} 4 l 4 4 l -4 4`} />}
      {dot !== undefined && <circle class="whisker-dot" cx={x(dot)} cy="8" r="4" />}
    </svg>
  );
}

/** What the marks of a whisker mean. */
export function MarksLegend(): VNode {
  return (
    <span class="marks">
      {withElements(
        t("Marks: {0} break-even, {1} 50 %", "{0}", "{1}"),
        <Mark name="break-even" />,
        <Mark name="even" />,
      )}
    </span>
  );
}

function Mark({ name }: { readonly name: "break-even" | "even" }): VNode {
  return (
    <svg class="mark" viewBox="0 0 4 16" aria-hidden="true" focusable="false">
      <line class={`whisker-${name}`} x1="2" x2="2" y1="0" y2="16" />
    </svg>
  );
}
