// Runs in the page of the panel before its own script, and measures what that does.

/**
 * Hooks into messages and frames: all script of the page runs in them, but for the first load. Frames are timed with their layout and
 * painting, apart those that draw a chart. Tasks of 50 ms and more are counted whatever they did.
 */
export function watchPage() {
  const seen = { updates: [], frames: [], longTasks: [], listened: undefined, snapshot: undefined, painted: undefined };
  window.panelBench = seen;
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
        const update = { kind, script: 0, longest: 0 };
        seen.updates.push(update);
        return timed(update, () => listener(event));
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
