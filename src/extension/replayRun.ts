import { summaryWords } from "../app/readableLines.js";
import { parseSettings } from "../app/settings.js";
import { replayFeed } from "../feed/replay.js";
import { tickSizesOf } from "../feed/tickSizes.js";
import { replayFolder } from "./folders.js";
import { replayEnded } from "./notices.js";
import { type Opening, type OpenRun, openFolder, type RunHost } from "./openRun.js";

/** Opens a new run over recorded files, at the speed that the settings name. */
export async function openReplay(files: readonly string[], host: RunHost, { sinks }: Opening): Promise<OpenRun> {
  const settings = parseSettings(host.settings);
  const place = { market: "replay", folder: replayFolder(host, new Date()) } as const;
  const open = await openFolder(place, settings, host, sinks);
  const { speed } = settings.replay;
  return {
    ...open,
    speed: speed === 0 ? Number.POSITIVE_INFINITY : speed,
    feed: replayFeed(files, {
      tickSizes: tickSizesOf(settings.instruments),
      ...(speed === 0 ? {} : { speed }),
    }),
    ended: () => {
      const words = summaryWords(open.run.engine.summary());
      for (const line of words) host.log.info(line);
      void replayEnded(`The replay has ended. ${words.slice(0, 3).join(". ")}`);
    },
  };
}
