import { rm } from "node:fs/promises";
import { t } from "@vscode/l10n";
import { usd } from "../app/amounts.js";
import { requirePinned } from "../app/pinnedContract.js";
import { summaryWords } from "../app/readableLines.js";
import { sessionHint } from "../app/sessionHint.js";
import { parseSettings } from "../app/settings.js";
import type { AccountView } from "../core/events.js";
import { say } from "../core/say.js";
import type { Feed } from "../feed/feed.js";
import { openReplay } from "../feed/replay.js";
import { tickSizesOf } from "../feed/tickSizes.js";
import { setting } from "./configuration.js";
import { replayFolder } from "./folders.js";
import { inEnglish, inLanguage, sentences } from "./language.js";
import { replayEnded } from "./notices.js";
import { type Opening, type OpenRun, openFolder, type PreparedRun, type RunHost } from "./openRun.js";

import { signedR, totalR } from "./standing.js";

/**
 * Prepares a new run over recorded files, at the speed that the settings name.
 *
 * @returns undefined when it was stopped meanwhile
 */
export async function prepareReplay(
  files: readonly string[],
  paper: boolean,
  host: RunHost,
  { sinks, stop }: Opening,
): Promise<PreparedRun | undefined> {
  const settings = parseSettings(host.settings);
  const { speed } = settings.replay;
  const options = { tickSizes: tickSizesOf(settings.instruments), ...(speed === 0 ? {} : { speed }) };
  const opened = await openReplay(files, options, stop);
  requirePinned(opened, settings);
  const { feed, notes } = opened;
  for (const note of notes) host.log.warn(note);
  if (stop.aborted) return undefined;
  const place = { market: "replay", folder: replayFolder(host, new Date(), paper), paper } as const;
  return {
    place,
    open: async () => played(await openFolder(place, settings, host, sinks), feed, speed, host),
  };
}

function played(open: OpenRun, feed: Feed, speed: number, host: RunHost): OpenRun {
  const { engine } = open.run;
  return {
    ...open,
    speed: speed === 0 ? Number.POSITIVE_INFINITY : speed,
    feed,
    ended: () => {
      // The second and third line tell of one account alone.
      const [input = "", , , ...notes] = inEnglish(() => summaryWords(engine.summary()));
      const { accounts } = engine.view();
      const results = resultWords(accounts, ({ netPnl }) => usd(netPnl));
      for (const line of [input, ...results, ...notes]) host.log.info(line);
      const inR = ({ name }: AccountView) => signedR(totalR(open.run.outputs, name));
      const shown = setting("display.discreet") ? resultWords(accounts, inR) : results;
      const hint = sessionHint(engine.summary(), open.run.settings);
      if (hint !== undefined) host.log.warn(hint);
      // Where nothing could come of it, why stands in the place of the results.
      const told = hint === undefined ? shown : [hint];
      void replayEnded(
        sentences([t("The replay has ended"), summaryWords(engine.summary())[0] ?? "", ...told.map(inLanguage)]),
        hint !== undefined,
      );
    },
    close: () => closeOrDiscard(open),
  };
}

/** What came of each account that traded, by its name in the panel: the user's is not the only one that trades. */
function resultWords(accounts: readonly AccountView[], net: (account: AccountView) => string): readonly string[] {
  const traded = accounts.filter(({ closedTrades }) => closedTrades > 0);
  if (traded.length === 0) return [say("No trade was closed")];
  return traded.map((account) => {
    const { name, closedTrades, wins } = account;
    const trades = closedTrades === 1 ? say("1 closed trade") : say("{0} closed trades", closedTrades);
    const whose = name === "paper" ? say("Paper account") : say("Your fills");
    return say("{0}: {1}, {2} won, net {3}", whose, trades, wins, net(account));
  });
}

/** A replay of which nothing was kept leaves nothing behind: databases without a journal would look as if one was lost. */
async function closeOrDiscard(open: OpenRun): Promise<void> {
  const isEmpty = open.run.outputs.length === 0;
  await open.close();
  if (isEmpty) await rm(open.folder, { recursive: true, force: true, maxRetries: 3 });
}
