// Runs in the page of the panel before its own script, and measures what that does.

/**
 * Hooks into messages and frames: all script of the page runs in them, but for the first load. Frames are timed with their layout and
 * painting, apart those that draw a chart. Tasks of 50 ms and more are counted whatever they did.
 */
export function watchPage() {
  const seen = { updates: [], frames: [], longTasks: [], listened: undefined, snapshot: undefined, painted: undefined };
  window.panelBench = seen;
  const told = {
    number: 0,
    newest: new Map(),
    state: undefined,
    trades: 0,
    row: undefined,
    report: undefined,
    lists: {},
  };
  // How many messages came that the host did not say: its own are numbered behind them.
  let added = 0;
  /** Notes what the host says, as far as what is made up goes on from it. */
  const hear = ({ number, message, madeUp = false }) => {
    if (madeUp) added++;
    told.number = Math.max(told.number, number);
    const { state, equity } = message.change ?? { state: message.state, equity: [] };
    if (state !== undefined) {
      const curves = equity.map(({ account, points }) => [account, points]);
      if (message.type === "snapshot") curves.push(...state.accounts.map(({ name, equity: points }) => [name, points]));
      for (const [account, points] of curves) if (points.length > 0) told.newest.set(account, points.at(-1));
      told.state = { ...state, accounts: state.accounts.map(({ equity: _points, ...account }) => account) };
    }
    if (message.type === "trades") {
      told.trades = message.kept + message.rows.length;
      told.row = message.rows.at(-1) ?? told.row;
    }
    if (message.type === "report") {
      for (const { name, multipliers, days } of message.report.accounts) {
        const kept = message.kept.find((account) => account.name === name) ?? { multipliers: 0, days: 0 };
        told.lists[name] = { multipliers: kept.multipliers + multipliers.length, days: kept.days + days.length };
      }
      told.report = message.report;
    }
  };
  const makeUp = (message) => window.postMessage({ number: told.number, message, madeUp: true }, "*");
  /** A trade of the user closes, as the host tells it: a point of his curve with the figures, and its row. Wins and losses take turns. */
  seen.closeTrade = () => {
    const before = told.newest.get("manual");
    const netPnl = told.trades % 2 === 0 ? 757.5 : -392.5;
    const after = { balance: before.balance + netPnl, drawdown: netPnl > 0 ? 0 : 0.02 };
    const accounts = told.state.accounts.map((account) =>
      account.name === "manual"
        ? { ...account, ...after, netPnl: account.netPnl + netPnl, trades: account.trades + 1 }
        : account,
    );
    const time = before.time + 600;
    const equity = [{ account: "manual", points: [{ time, ...after }] }];
    makeUp({ type: "append", change: { state: { ...told.state, accounts }, equity } });
    const rows = [{ ...told.row, id: `made up:${told.trades}`, time, netPnl }];
    makeUp({ type: "trades", kept: told.trades, rows, more: false });
  };
  /** The statistics after some trades: the host reads them at most every two seconds. */
  seen.tellReport = () => {
    const accounts = told.report.accounts.map((account) => ({
      ...account,
      figures: account.figures.map((figure) => ({ ...figure, value: (figure.value ?? 0) + 1 })),
      multipliers: [],
      days: [],
    }));
    const kept = Object.entries(told.lists).map(([name, lists]) => ({ name, ...lists }));
    makeUp({ type: "report", report: { ...told.report, accounts }, kept });
  };
  new PerformanceObserver((list) => {
    // Other frames of the process tell theirs, too.
    for (const { name, duration } of list.getEntries()) if (name === "self") seen.longTasks.push(duration);
  }).observe({ type: "longtask", buffered: true });
  // The message that the script at work came of: of what it asks for later, too.
  let current;
  const timed = (of, task) => {
    const begin = performance.now();
    current = of;
    try {
      return task();
    } finally {
      current = undefined;
      const took = performance.now() - begin;
      if (of !== undefined) of.script += took;
      if (of !== undefined) of.longest = Math.max(of.longest, took);
    }
  };
  const listen = window.addEventListener.bind(window);
  window.addEventListener = (type, listener, options) => {
    if (type !== "message" || typeof listener !== "function") return listen(type, listener, options);
    // The page's own script is the last that listens before the data comes.
    if (seen.snapshot === undefined) seen.listened = performance.now();
    return listen(
      type,
      (event) => {
        const kind = event.data?.message?.type;
        if (kind === undefined) return listener(event);
        if (kind === "snapshot") seen.snapshot ??= performance.now();
        hear(event.data);
        const { number, message } = event.data;
        const numbered = new MessageEvent("message", { data: { number: number + added, message } });
        const update = { kind, script: 0, longest: 0 };
        seen.updates.push(update);
        return timed(update, () => listener(numbered));
      },
      options,
    );
  };
  let drewCharts = false;
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    drewCharts = true;
    return stroke.apply(this, path);
  };
  const nextFrame = window.requestAnimationFrame.bind(window);
  let frame;
  const timedFrame = () => {
    if (frame !== undefined) return;
    drewCharts = false;
    frame = performance.now();
    // Has its turn when the frame's layout and painting are done, too.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      seen.frames.push({ cost: performance.now() - frame, drewCharts });
      frame = undefined;
      port1.close();
    };
    port2.postMessage(undefined);
  };
  window.requestAnimationFrame = (paint) => {
    const of = current;
    return nextFrame((now) => {
      timedFrame();
      const first = seen.snapshot !== undefined && seen.painted === undefined;
      timed(of, () => paint(now));
      // The frame after it begins when it has been drawn.
      if (first) nextFrame(() => (seen.painted ??= performance.now()));
    });
  };
}
