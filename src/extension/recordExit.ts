import { exitEvent } from "../app/answers.js";
import { newYorkTime } from "../app/times.js";
import type { ExitReason, OpenPosition } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { BACK, type Choice, input, pick } from "./ask.js";
import { nothingToDo } from "./notices.js";
import { checked } from "./recordFill.js";
import { save } from "./save.js";
import { holding, manualPositions } from "./standing.js";
import { typedAgain } from "./typedAgain.js";
import type { Workbench } from "./workbench.js";

/** An exit before it is confirmed: why, and the price that goes with it. */
interface Way {
  readonly reason: ExitReason;
  readonly price: string;
}

/**
 * The conversation that records how a position was closed: which one, why, and at what price, with the bracket's prices filled
 * in. Nothing is kept before the last Enter.
 *
 * @param id goes straight to the position of this recommendation
 */
export async function recordExit(workbench: Workbench, id?: string): Promise<void> {
  await workbench.restore();
  const open = manualPositions(workbench.standing()).toReversed();
  const asked = open.filter((position) => id === undefined || position.recommendation.id === id);
  if (asked.length === 0) {
    await nothingToDo(
      id === undefined ? "No position is open: there is no exit to record" : `${id} has no open position`,
    );
    return;
  }
  const only = asked.length === 1 ? asked[0] : undefined;
  let position = only;
  for (;;) {
    position ??= await askPosition(asked);
    if (position === undefined) return;
    if ((await askExit(workbench, position, only === undefined)) !== BACK) return;
    position = undefined;
  }
}

async function askPosition(open: readonly OpenPosition[]): Promise<OpenPosition | undefined> {
  const chosen = await pick({
    title: "Record Exit",
    placeholder: "Which position was closed?",
    choices: open.map(
      (position): Choice<OpenPosition> => ({
        label: `$(briefcase) ${holding(position)}`,
        description: `since ${newYorkTime(position.entryTime).replace("T", " ")} New York`,
        value: position,
      }),
    ),
    step: 1,
    totalSteps: 3,
  });
  return chosen === BACK ? undefined : chosen;
}

async function askExit(
  workbench: Workbench,
  position: OpenPosition,
  canGoBack: boolean,
): Promise<typeof BACK | undefined> {
  const steps = canGoBack ? 3 : 2;
  for (;;) {
    const way = await pick({
      title: `Record Exit: ${holding(position)}`,
      placeholder: "How was it closed?",
      choices: ways(workbench, position),
      step: steps - 1,
      totalSteps: steps,
      canGoBack,
    });
    if (way === undefined || way === BACK) return way;
    if ((await askPrice(workbench, position, way, steps)) !== BACK) return undefined;
  }
}

async function askPrice(
  workbench: Workbench,
  position: OpenPosition,
  way: Way,
  steps: number,
): Promise<typeof BACK | undefined> {
  const { recommendation } = position;
  const answer = (text: string) => {
    const [, price = "", notes] = /^\s*(.*?)(?:\s+(\p{L}.*?))?\s*$/su.exec(text) ?? [];
    const said = { recommendation: recommendation.id, price, reason: way.reason, ...(notes && { notes }) };
    return exitEvent(workbench.view(), said, workbench.answerTime(), workbench.outputs());
  };
  const text = await input({
    title: `Record Exit (${way.reason}): ${holding(position)}`,
    prompt: "Exit price, and notes after it if you like",
    placeholder: way.price,
    value: way.price,
    check: (typed) => checked(() => answer(typed)),
    step: steps,
    totalSteps: steps,
    canGoBack: true,
  });
  if (text === undefined || text === BACK) return text;
  const { event, typeAgain } = answer(text);
  if (typeAgain && !(await typedAgain(event.price, recommendation.instrument))) return undefined;
  const price = formatPrice(event.price, recommendation.instrument);
  await save(workbench, event, `Exit ${holding(position)} at ${price} (${event.reason})`);
  return undefined;
}

/** The bracket's two ends, and the last price for an exit by hand. */
function ways(workbench: Workbench, position: OpenPosition): readonly Choice<Way>[] {
  const { instrument, target, stop, signalPrice } = position.recommendation;
  const view = workbench.view();
  const last = view.instrument?.symbol === instrument.symbol ? view.lastPrice : undefined;
  const way = (icon: string, label: string, reason: ExitReason, ticks: number): Choice<Way> => {
    const price = formatPrice(ticks, instrument);
    return { label: `$(${icon}) ${label}`, description: price, value: { reason, price } };
  };
  return [
    way("target", "Target", "target", target),
    way("shield", "Stop", "stop", stop),
    way("person", "By hand", "manual", last ?? signalPrice),
    way("clock", "Time", "time", last ?? signalPrice),
    way("calendar", "End of the day", "eod", last ?? signalPrice),
  ];
}
