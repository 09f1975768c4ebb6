import { beforeEach, expect, it, onTestFinished } from "vitest";
import type { Row } from "../../../src/extension/views/row.js";
import { RowsView } from "../../../src/extension/views/rowsView.js";
import { type FakeTree, fake } from "../../support/fakeVscode.js";

beforeEach(() => fake.reset());

function viewOf(rows: () => Promise<readonly Row[]>): { readonly view: RowsView; readonly tree: FakeTree } {
  const view = new RowsView("view", { rows });
  onTestFinished(() => view.dispose());
  return { view, tree: fake.trees.at(-1) as FakeTree };
}

const labels = async (tree: FakeTree) => (await tree.items()).map(({ label }) => label);

it("A view gives the rows that were looked at last, so that VS Code never waits for a new look", async () => {
  let looks = 0;
  const { view, tree } = viewOf(async () => [{ id: "a", label: `look ${++looks}` }]);
  tree.look();
  await view.update();
  expect([tree.drawn, looks]).toEqual([1, 1]);
  expect([await labels(tree), looks]).toEqual([["look 1"], 1]);
  await view.update();
  expect([await labels(tree), looks]).toEqual([["look 2"], 2]);
});

it("A view that VS Code asks before anybody looked looks for itself", async () => {
  const { tree } = viewOf(async () => [{ id: "a", label: "first" }]);
  expect(await labels(tree)).toEqual(["first"]);
});
