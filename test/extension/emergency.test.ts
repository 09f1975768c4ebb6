import { beforeEach, describe, expect, it } from "vitest";
import { ContextKeys } from "../../src/extension/contextKeys.js";
import { emergencyStop, resetEmergencyStop } from "../../src/extension/emergency.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { FakeSecrets, fake } from "../support/fakeVscode.js";
import { keyIn, workbenchWithSignal } from "./support.js";

let workbench: Workbench;

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  return () => workbench.close();
});

const halted = () => workbench.view().accounts.map((account) => `${account.name} ${account.halted}`);
const texts = () => fake.messages.map(({ text }) => text);

async function stop(): Promise<void> {
  const flow = emergencyStop(workbench);
  (await fake.nextBox()).enter();
  await flow;
}

describe("Emergency Stop", () => {
  it("takes one Enter and halts every account", async () => {
    const keys = new ContextKeys(workbench, keyIn(new FakeSecrets()));
    expect(halted()).toEqual(["manual false", "paper false"]);
    await stop();
    expect(halted()).toEqual(["manual true", "paper true"]);
    expect(workbench.outputs().findLast((output) => output.type === "kill")).toMatchObject({
      reason: "Stopped by hand",
    });
    expect([fake.context("volumeCluster.halted"), fake.context("volumeCluster.canHalt")]).toEqual([true, false]);
    keys.dispose();
  });

  it("wants a reason, and does nothing on Escape", async () => {
    const flow = emergencyStop(workbench);
    const box = await fake.nextBox();
    box.type(" ");
    box.enter();
    expect([box.visible, box.said()]).toEqual([true, "Say in a few words why everything is stopped"]);
    box.hide();
    await flow;
    expect(halted()).toEqual(["manual false", "paper false"]);
  });

  it("says when there is nothing to stop", async () => {
    await stop();
    void emergencyStop(workbench);
    await expect.poll(texts).toEqual(["Everything is stopped already"]);
  });
});

describe("Reset Emergency Stop", () => {
  it("asks which account, why, and once more in a modal question", async () => {
    await stop();
    const flow = resetEmergencyStop(workbench);
    const which = await fake.nextBox();
    expect(which.labels()).toEqual(["your account and the paper account", "your account", "the paper account"]);
    which.choose("the paper account");
    (await fake.nextBox()).hide();
    await flow;
    const again = resetEmergencyStop(workbench);
    (await fake.nextBox()).enter();
    const why = await fake.nextBox();
    why.enter();
    expect([why.visible, why.said()]).toEqual([true, "Say in a few words why your account may trade again"]);
    why.type("the news is over");
    fake.answers.push("Reset");
    why.enter();
    await again;
    expect(fake.messages.at(-1)).toMatchObject({
      text: "Let your account and the paper account trade again?",
      modal: true,
    });
    expect(halted()).toEqual(["manual false", "paper false"]);
  });

  it("leaves the halt where the question is not answered with Reset", async () => {
    await stop();
    const flow = resetEmergencyStop(workbench);
    (await fake.nextBox()).choose("the paper account");
    const why = await fake.nextBox();
    why.type("a try");
    fake.answers.push(undefined);
    why.enter();
    await flow;
    expect(halted()).toEqual(["manual true", "paper true"]);
  });

  it("says when no account is halted", async () => {
    void resetEmergencyStop(workbench);
    await expect.poll(texts).toEqual(["No account is halted: there is nothing to reset"]);
  });
});
