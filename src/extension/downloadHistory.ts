import { t } from "@vscode/l10n";
import { say } from "../core/say.js";
import type { Micros } from "../core/units.js";
import { BACK, type Choice, input, pick } from "./ask.js";
import type { DownloadTalk, HistoryFile, HistoryWish } from "./history.js";
import { inLanguage } from "./language.js";
import { confirmsCost, downloaded, working } from "./notices.js";
import { setApiKey } from "./setApiKey.js";
import { replay } from "./start.js";
import type { Workbench } from "./workbench.js";

type History = typeof import("./history.js");

const TITLE = say("Download History");

const SCHEMAS: readonly Choice<string>[] = [
  { label: "trades", description: say("Every trade: the same signals as live"), value: "trades" },
  {
    label: "ohlcv-1m",
    description: say("Bars of a minute: cheap; their close stands for the modal price"),
    value: "ohlcv-1m",
  },
  { label: "tbbo", description: say("Every trade with the best prices before it"), value: "tbbo" },
  { label: "mbp-1", description: say("Every change of the best prices, and the trades among them"), value: "mbp-1" },
];

/**
 * Asks what to download, shows what it costs, and downloads it after a yes into `history` in the data folder. Nothing is billed
 * above `history.maxCost`, and a file is there only when all of it was verified.
 */
export async function downloadHistory(workbench: Workbench): Promise<void> {
  const host = workbench.host();
  const key = await keyToUse(workbench);
  if (key === undefined) return;
  const history = await import("./history.js");
  const wish = await askWish(history, history.usualWish(host, (Date.now() * 1000) as Micros));
  if (wish === undefined) return;
  const fetch = (talk: DownloadTalk) => history.downloadWish(wish, key, host, talk);
  const file = history.downloadedBefore(wish, host) ?? (await download(fetch));
  if (file === undefined) return;
  host.log.info(`History: ${file.text}`);
  if (await downloaded(file.text)) await replay(workbench, file.path);
}

/** The key; where there is none, it is asked for. */
async function keyToUse(workbench: Workbench): Promise<string | undefined> {
  const { key } = workbench.host();
  return (await key.read()) ?? ((await setApiKey(workbench)) ? await key.read() : undefined);
}

function download(fetch: (talk: DownloadTalk) => Promise<HistoryFile | undefined>): Promise<HistoryFile | undefined> {
  return working(inLanguage(TITLE), (tell, stop) => fetch({ tell, stop, confirm: confirmsCost }));
}

/** Symbol, days and schema, each prefilled; back leads to the question before. */
async function askWish(history: History, usual: HistoryWish): Promise<HistoryWish | undefined> {
  let { symbol, days } = usual;
  for (let step = 1; ; ) {
    const said =
      step === 1 ? await askSymbol(history, symbol) : step === 2 ? await askDays(history, days) : await askSchema();
    if (said === undefined) return undefined;
    if (said === BACK) step -= 1;
    else if (step === 3) return { symbol, days, schema: said };
    else {
      if (step === 1) symbol = said;
      else days = said;
      step += 1;
    }
  }
}

function askSymbol({ symbolProblem }: History, value: string) {
  return input({
    title: inLanguage(TITLE),
    prompt: t("Which symbol? ES.v.0 is the contract with the most volume, ESM5 one contract"),
    placeholder: "ES.v.0",
    value,
    check: (typed) => problem(symbolProblem(typed)),
    step: 1,
    totalSteps: 3,
  });
}

function askDays({ daysProblem }: History, value: string) {
  return input({
    title: inLanguage(TITLE),
    prompt: t("Which day, in UTC? Or the first and the last, such as 2025-06-09 to 2025-06-13"),
    placeholder: "2025-06-09",
    value,
    check: (typed) => problem(daysProblem(typed)),
    step: 2,
    totalSteps: 3,
    canGoBack: true,
  });
}

function askSchema() {
  const placeholder = t("What is to be downloaded? Its cost is shown before anything is billed");
  const choices = SCHEMAS.map((each) => ({ ...each, description: inLanguage(each.description ?? "") }));
  return pick({ title: inLanguage(TITLE), placeholder, choices, step: 3, totalSteps: 3, canGoBack: true });
}

function problem(found: string | undefined) {
  return found === undefined ? undefined : { problem: found };
}
