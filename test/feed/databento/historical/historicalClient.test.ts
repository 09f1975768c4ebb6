import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiKey } from "../../../../src/feed/databento/apiKey.js";
import { BODY_MS, HEAD_MS } from "../../../../src/feed/databento/historical/connection.js";
import { HistoricalError, parseRefusal } from "../../../../src/feed/databento/historical/failure.js";
import { HistoricalClient } from "../../../../src/feed/databento/historical/historicalClient.js";
import { FeedError } from "../../../../src/feed/feedError.js";
import vectors from "../../../data/http-and-format-vectors.json" with { type: "json" };
import { FakeClock, hurried } from "../../../support/fakeClock.js";
import { CANARY, CANARY_FORMS, clientOf, DAY, dayBytes } from "../../../support/historicalRange.js";
import { HistoricalServer, type Reply } from "../../../support/historicalServer.js";

let server: HistoricalServer;
beforeEach(async () => {
  server = await HistoricalServer.start();
});
afterEach(() => server.stop());

const run = () => new AbortController().signal;

/** The error of a call that must fail, which never tells the key. */
async function failure(work: Promise<unknown>): Promise<HistoricalError> {
  const error = await work.then(
    () => expect.fail("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FeedError);
  for (const form of CANARY_FORMS) expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(form);
  const message = (error as HistoricalError).message;
  expect(message).not.toMatch(/[\n\r\u001b]| {4}at /);
  return error as HistoricalError;
}

/** Waits, without a clock, until something has come about. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe("HistoricalClient", () => {
  it("asks for the cost as the vectors say", async () => {
    const { form, response } = vectors.http.get_cost;
    server.usually("metadata.get_cost", { body: String(response) });
    const request = { ...DAY, symbols: form.symbols.split(","), dataset: form.dataset };
    expect(await clientOf(server).cost(request, run())).toBe(response);
    expect(server.requests[0]).toMatchObject({
      method: "POST",
      fields: { dataset: form.dataset, symbols: form.symbols, schema: form.schema, stype_in: "raw_symbol" },
    });
    expect(server.requests[0]?.fields.start).toBe(DAY.start.toString());
  });

  it("reads what an account may have, by schema where that differs", async () => {
    server.usually("metadata.get_dataset_range", { body: vectors.http.get_dataset_range.response });
    const client = clientOf(server);
    const iso = (nanos: bigint) => new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 10);
    const whole = await client.available("GLBX.MDP3", "trades", run());
    const bars = await client.available("GLBX.MDP3", "ohlcv-1m", run());
    expect([iso(whole.start), iso(whole.end)]).toEqual(["2019-07-07", "2023-07-20"]);
    expect([iso(bars.start), iso(bars.end)]).toEqual(["2020-08-02", "2023-03-23"]);
    expect(server.requests[0]).toMatchObject({ method: "GET", fields: { dataset: "GLBX.MDP3" } });
  });

  it("resolves symbols by date, and one that does not resolve to nothing", async () => {
    const { form, response } = vectors.http.symbology_resolve;
    server.usually("symbology.resolve", { body: response });
    const resolved = await clientOf(server).resolve(
      {
        dataset: form.dataset,
        symbols: form.symbols.split(","),
        stypeIn: form.stype_in,
        stypeOut: form.stype_out,
        startDate: form.start_date,
        endDate: form.end_date,
      },
      run(),
    );
    expect(resolved.get("ES.c.0")).toEqual([
      { start: "2023-06-14", end: "2023-06-15", symbol: "10245" },
      { start: "2023-06-15", end: "2023-06-16", symbol: "10248" },
    ]);
    expect(resolved.get("ES.d.0")).toEqual([]);
    expect(server.requests[0]?.fields).toEqual(form);
  });

  it("passes the server's warnings on", async () => {
    server.usually("metadata.get_cost", {
      body: "1",
      headers: { "x-warning": '["DeprecationWarning: soon\\u001b[2J"]' },
    });
    const notes: string[] = [];
    await clientOf(server, notes).cost(DAY, run());
    expect(notes).toEqual(["Databento warns: DeprecationWarning: soon"]);
  });

  it("sends nothing at all for a request that cannot be", async () => {
    const client = clientOf(server);
    const wrong = [
      { ...DAY, dataset: "glbx" },
      { ...DAY, schema: "trade" },
      { ...DAY, stypeIn: "raw" },
      { ...DAY, symbols: [] },
      { ...DAY, symbols: ["ESM5,NQM5"] },
      { ...DAY, symbols: ["ESM5\nstart=0"] },
      { ...DAY, symbols: Array.from({ length: 2001 }, (_, index) => `S${index}`) },
      { ...DAY, end: DAY.start },
    ];
    for (const request of wrong) await expect(client.cost(request, run())).rejects.toThrow(FeedError);
    expect(server.requests).toEqual([]);
  });
});

describe("F25: a refusal over HTTP", () => {
  it("is read in every form that the vectors have", () => {
    for (const { body, body_text, expect: expected } of vectors.http.errors) {
      const text = body_text ?? JSON.stringify(body);
      const { message, case: name } = parseRefusal(text);
      if ("message" in expected) expect(message).toBe(expected.message === "<raw body>" ? text : expected.message);
      expect(name ?? null).toBe(expected.case);
    }
  });

  it.each<[number, string | object, string, boolean]>([
    [401, { detail: "Authorization failed: bad key." }, "refused the key", false],
    [402, { detail: "Payment required" }, "asks for a payment", false],
    [403, { detail: "Not entitled" }, "does not let this account", false],
    [404, { detail: "Not Found" }, "does not know that", false],
    [422, vectors.http.errors[1]?.body ?? {}, "data_start_before_available_start", false],
    [429, { detail: "Too many" }, "fewer requests", true],
    [500, { detail: "Oops" }, "server failed", true],
    [502, "<html><head><title>x</title></head><body><h1>502 Bad Gateway</h1>", "502 Bad Gateway", true],
    [503, "", "server failed", true],
  ])("with status %d says what to do, with the request id", async (status, body, words, retriable) => {
    server.usually("metadata.get_cost", { status, body });
    const error = await failure(clientOf(server).cost(DAY, run()));
    expect(error.message).toContain(words);
    expect(error.message).toContain(`${status}`);
    expect(error.message).toContain("request id 7f3a");
    expect(error.facts).toMatchObject({ status, requestId: "7f3a" });
    expect(error.retriable).toBe(retriable);
    expect(server.requests).toHaveLength(retriable ? 5 : 1);
  });

  it("S4: does not repeat the key that a server says back, in any form", async () => {
    const said = CANARY_FORMS.join(" ");
    server.usually("metadata.get_cost", {
      status: 401,
      body: { detail: { case: CANARY, message: said, docs: `https://databento.com/${CANARY}` } },
      headers: { "request-id": CANARY },
    });
    expect((await failure(clientOf(server).cost(DAY, run()))).message).toContain("db-***");
  });

  it("B12, B13: keeps markup, links and terminal sequences out of the sentence", async () => {
    const message = 'a<img src=x onerror=1>b [x](command:evil) \u001b[31mred\u202e\r\nnext "quoted"';
    server.usually("metadata.get_cost", {
      status: 422,
      body: { detail: { case: "c", message, docs: "javascript:1" } },
    });
    const error = await failure(clientOf(server).cost(DAY, run()));
    expect(error.message).toContain("a b [x](command:evil) red next 'quoted'");
    expect(error.message).not.toContain("javascript");
  });

  it("ends the reading of an endless refusal", async () => {
    server.usually("metadata.get_cost", { status: 400, body: "x".repeat(1_000_000), hang: true });
    expect((await failure(clientOf(server).cost(DAY, run()))).message.length).toBeLessThan(600);
  });
});

describe("F25: trying again", () => {
  it("waits as long as 429 asks, by the injected clock", async () => {
    server.next("metadata.get_cost", { status: 429, headers: { "retry-after": "7" } });
    const waits: number[] = [];
    const notes: string[] = [];
    expect(await clientOf(server, notes, hurried(waits)).cost(DAY, run())).toBe(0.65783);
    expect(waits).toEqual([7000]);
    expect(notes[0]).toContain("trying again in 7 s");
  });

  it("understands a Retry-After that is a date, measured by the answer's own", async () => {
    const headers = { date: "Mon, 09 Jun 2025 14:00:00 GMT", "retry-after": "Mon, 09 Jun 2025 14:00:12 GMT" };
    server.next("metadata.get_cost", { status: 503, headers });
    const waits: number[] = [];
    await clientOf(server, [], hurried(waits)).cost(DAY, run());
    expect(waits).toEqual([12_000]);
  });

  it.each(["1.5", "-1", "0", "soon", "2025-06-09T14:00:12Z"])(
    "waits its own time where Retry-After is %s, never less",
    async (asked) => {
      const headers = { date: "Mon, 09 Jun 2025 14:00:00 GMT", "retry-after": asked };
      server.usually("metadata.get_cost", { status: 429, headers });
      const waits: number[] = [];
      await failure(clientOf(server, [], hurried(waits)).cost(DAY, run()));
      expect(waits).toEqual([1000, 2000, 4000, 8000]);
    },
  );

  it("does not wait for hours: it says how long the server asks for", async () => {
    server.usually("metadata.get_cost", { status: 429, headers: { "retry-after": "7200" } });
    const error = await failure(clientOf(server).cost(DAY, run()));
    expect(error.message).toContain("asks to wait 120 minutes");
    expect(server.requests).toHaveLength(1);
  });

  it("waits 1, 2, 4 and 8 s without being asked, then gives up", async () => {
    server.usually("metadata.get_cost", "reset");
    const waits: number[] = [];
    const error = await failure(clientOf(server, [], hurried(waits)).cost(DAY, run()));
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
    expect(error.retriable).toBe(true);
  });

  it("stops within a wait when it is told to", async () => {
    server.usually("metadata.get_cost", { status: 429, headers: { "retry-after": "30" } });
    const clock = new FakeClock(0);
    const stop = new AbortController();
    const asked = failure(clientOf(server, [], clock).cost(DAY, stop.signal));
    await until(() => clock.waits.includes(30_000));
    stop.abort();
    await asked;
    expect(server.requests).toHaveLength(1);
  });
});

describe("S1, S2: the key", () => {
  it("travels in the Authorization header alone", async () => {
    server.usually("timeseries.get_range", { body: dayBytes() });
    const client = clientOf(server);
    await client.cost(DAY, run());
    await client.available("GLBX.MDP3", "trades", run());
    for await (const _ of (await client.range(DAY, run())).body);
    expect(server.requests).toHaveLength(3);
    for (const { authorization, url, fields, headers } of server.requests) {
      expect(authorization).toBe(`Basic ${Buffer.from(`${CANARY}:`).toString("base64")}`);
      const rest = JSON.stringify([url, fields, { ...headers, authorization: "" }]);
      for (const form of CANARY_FORMS) expect(rest).not.toContain(form);
    }
  });

  it.each([301, 302, 303, 307, 308])("does not follow a redirect with status %d", async (status) => {
    const other = await HistoricalServer.start();
    const location = `${other.address}/v0/metadata.get_cost`;
    server.usually("metadata.get_cost", { status, headers: { location } });
    const error = await failure(clientOf(server).cost(DAY, run()));
    expect(error.message).toContain("redirect");
    expect(other.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
    await other.stop();
  });

  it.each([
    "http://hist.databento.com",
    "https://hist.databento.com.evil.example",
    "https://evil.example",
    "http://10.0.0.1",
    "http://127.0.0.1.evil.example",
    "http://user:pass@127.0.0.1",
    "http://127.0.0.1/v0",
    "file:///etc/passwd",
    "nonsense",
  ])("is not sent to %s", (address) => {
    expect(() => new HistoricalClient({ key: ApiKey.parse(CANARY), address })).toThrow("this machine");
  });

  it("cannot be printed", () => {
    const key = ApiKey.parse(`  ${CANARY}\n`);
    for (const text of [String(key), JSON.stringify({ key }), inspect({ key }, { showHidden: true, depth: 5 })]) {
      expect(text).toContain("db-***");
      expect(text).not.toContain(CANARY);
    }
  });

  it.each(["", "db-short", `db-${"x".repeat(30)}`, `xx${CANARY}`, `${CANARY.slice(0, 31)}\u00e9`])(
    "is refused when it cannot be one, without being told: %j",
    (text) => {
      expect(() => ApiKey.parse(text)).toThrow(/Databento key/);
      try {
        ApiKey.parse(text);
      } catch (error) {
        if (text !== "") expect(String(error)).not.toContain(text);
      }
    },
  );
});

describe("F25: an answer that is none", () => {
  const odd: readonly [string, Reply][] = [
    ["text in the place of a number", { body: "free" }],
    ["a negative cost", { body: "-1" }],
    ["a cost beyond all numbers", { body: "1e999" }],
    ["a cost in quotes", { body: '"0.1"' }],
    ["no body", { body: "" }],
    ["a packed body that was not asked for", { body: "1", headers: { "content-encoding": "gzip" } }],
    ["a login page", { body: "<html>Sign in</html>", headers: { "content-type": "text/html" } }],
    ["something that is no HTTP", { raw: "SSH-2.0-OpenSSH_9.6\r\n" }],
  ];
  it.each(odd)("is understood for what it is: %s", async (_, reply) => {
    server.usually("metadata.get_cost", reply);
    const error = await failure(clientOf(server).cost(DAY, run()));
    expect(error.retriable).toBe(false);
    expect(server.requests).toHaveLength(1);
  });

  it("S16: takes names of the prototype for ordinary symbols", async () => {
    server.usually("symbology.resolve", {
      body: '{"result":{"__proto__":[{"d0":"2025-01-01","d1":"2025-01-02","s":"1"}]}}',
    });
    const request = { dataset: "GLBX.MDP3", stypeIn: "raw_symbol", stypeOut: "instrument_id" };
    const dates = { startDate: "2025-01-01", endDate: "2025-01-02" };
    const resolved = await clientOf(server).resolve({ ...request, ...dates, symbols: ["constructor"] }, run());
    expect(resolved.get("constructor")).toEqual([]);
  });

  it("never throws anything but an error for the user, whatever the body", async () => {
    const body = fc.oneof(fc.json(), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(200, 400, 422), body, async (status, text) => {
        server.usually("symbology.resolve", { status, body: Buffer.from(text) });
        const request = { dataset: "GLBX.MDP3", symbols: ["ES.v.0"], stypeIn: "continuous", stypeOut: "instrument_id" };
        const dates = { startDate: "2025-01-01", endDate: "2025-01-02" };
        const error = await clientOf(server)
          .resolve({ ...request, ...dates }, run())
          .catch((reason: unknown) => reason);
        expect(error instanceof Map || error instanceof HistoricalError).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("F25: a server that stalls", () => {
  it("is given up when no head comes, by the injected clock", async () => {
    server.usually("metadata.get_cost", "silence");
    const clock = new FakeClock(0);
    const stop = new AbortController();
    const asked = failure(clientOf(server, [], clock).cost(DAY, stop.signal));
    for (let tries = 1; tries <= 5; tries++) {
      await until(() => server.requests.length === tries && clock.sleepers === 1);
      clock.advance(HEAD_MS);
      await until(() => clock.sleepers === 1 || tries === 5);
      clock.advance(8000);
    }
    expect((await asked).message).toContain("did not answer in time");
  });

  it("is given up when a body dawdles", async () => {
    server.usually("timeseries.get_range", { body: dayBytes().subarray(0, 40), framing: "chunked", hang: true });
    const clock = new FakeClock(0);
    const { body } = await clientOf(server, [], clock).range(DAY, run());
    let bytes = 0;
    const read = failure(
      (async () => {
        for await (const chunk of body) bytes += chunk.length;
      })(),
    );
    await until(() => bytes === 40);
    clock.advance(BODY_MS);
    expect((await read).message).toContain("did not answer in time");
  });

  it("F22: names a server that is not there", async () => {
    const gone = await HistoricalServer.start();
    const client = clientOf(gone);
    await gone.stop();
    const error = await failure(client.cost(DAY, run()));
    expect(error.message).toContain("refused the connection");
  });
});
