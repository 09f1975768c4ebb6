import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { SignalEvidence } from "../src/core/protocol.js";
import { Button } from "./controls.js";
import { Happened } from "./evidenceAfter.js";
import { Answers, Belief, Sizing } from "./evidenceReasons.js";
import { Seen } from "./evidenceSeen.js";
import { formatDateTime } from "./format.js";
import { Icon } from "./icon.js";
import type { Actions } from "./view.js";

interface EvidenceProps {
  readonly evidence: SignalEvidence;
  readonly timeZone: string;
  readonly actions: Actions;
}

/** All that was kept of a signal: what was seen, what was believed, why this size, and what happened after. */
export function EvidenceSection({ evidence, timeZone, actions }: EvidenceProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const asked = useRef<Element | null>(null);
  // Whoever asked for it is led to it, and back when it is closed.
  useEffect(() => {
    const before = document.activeElement;
    if (heading.current?.closest("section")?.contains(before) !== true) asked.current = before;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" });
  }, [evidence.key]);
  const close = () => {
    leadBack(asked.current);
    actions.closeEvidence();
  };
  const { action, contract, time, call, refused } = evidence;
  return (
    <section class="evidence" aria-labelledby="evidence">
      <div class="heading">
        <h2 id="evidence" ref={heading} tabIndex={-1}>
          {t("Evidence:")} <Icon name={`arrow-${action === "BUY" ? "up" : "down"}`} />
          {action} {contract} <span class="note">{formatDateTime(time, timeZone)}</span>
        </h2>
        <div class="end">
          <Button onClick={close}>{t("Close")}</Button>
        </div>
      </div>
      <Seen evidence={evidence} timeZone={timeZone} actions={actions} />
      <div class="columns">
        <Answers evidence={evidence} />
        {call !== undefined && <Belief call={call} timeZone={timeZone} />}
        {call !== undefined && <Sizing call={call} />}
        {call === undefined && (
          <p class="empty">{refused === undefined ? t("Nothing came of it") : t("Refused: {0}", refused)}</p>
        )}
        {call !== undefined && <Happened evidence={evidence} timeZone={timeZone} />}
      </div>
    </section>
  );
}

/** Gives the focus to what had it; where that is not drawn any more, to the row of the trades that Tab leads to. */
function leadBack(asked: Element | null): void {
  const isThere = asked instanceof HTMLElement && asked.isConnected && asked !== document.body;
  const target = isThere ? asked : document.querySelector<HTMLElement>('.trades tr[tabindex="0"]');
  target?.focus();
}
