/** `catchResponse` in both forms, and `rest()`: who decides about the sample, and what goes on. */
import { sumUsOf } from "../../support/fake_owner.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { RescheduleTask, StopUser, UserStopped } from "../../../src/http/session/control_flow.ts";
import { ResponseError } from "../../../src/http/session/response_error.ts";
import type { HttpRes } from "../../../src/http/session/http_res.ts";
import { CLIENTS, openBench } from "../../support/clients.ts";
import type { Page } from "../../support/http_system.ts";
import { letRealTimePass } from "../../support/real_time.ts";

const PAGES: Readonly<Record<string, Page>> = {
  "/ok": (_request, response) => response.end("fine"),
  "/404": (_request, response) => response.writeHead(404).end("no"),
  "/json": (_request, response) => response.end('{"id":7}'),
  "/html": (_request, response) => response.end(`<p>${"x".repeat(400)}`),
  "/empty": (_request, response) => response.end(),
  "/json404": (_request, response) => response.writeHead(404).end('{"error":"gone"}'),
};

/** What a block does, and the row and failures that come of it on a good and on a bad page. */
const VERDICTS: readonly (readonly [string, (res: HttpRes) => void, ok: string[], notFound: string[]])[] = [
  ["says nothing: the status decides", () => {}, [], ["HttpError 404 Not Found"]],
  ["says success()", (res) => res.success(), [], []],
  ["says failure(text)", (res) => res.failure("bad content"), ["bad content"], ["bad content"]],
  ["says failure(error)", (res) => res.failure(new RangeError("7")), ["RangeError: 7"], ["RangeError: 7"]],
  [
    "says failure(), then success(): the last counts",
    (res) => {
      res.failure("x");
      res.success();
    },
    [],
    [],
  ],
  [
    "says success(), then failure()",
    (res) => {
      res.success();
      res.failure("late");
    },
    ["late"],
    ["late"],
  ],
];

for (const client of CLIENTS) {
  for (const [title, decide, ok, notFound] of VERDICTS) {
    for (const [path, failures] of [["/ok", ok], ["/404", notFound]] as const) {
      test(`${client} catchResponse function that ${title} (${path})`, async () => {
        await using bench = await openBench(client, PAGES);
        const res = await bench.session.get(path, { catchResponse: async (res) => await decide(res) });
        assert.equal(res.status, path === "/ok" ? 200 : 404);
        const delta = bench.owner.drain();
        assert.deepEqual(delta.failures.map((failure) => failure.text), failures);
        assert.deepEqual(delta.entries.map((row) => row.requests), [1]);
      });

      test(`${client} await using block that ${title} (${path})`, async () => {
        await using bench = await openBench(client, PAGES);
        {
          await using res = await bench.session.get(path, { catchResponse: true });
          assert.deepEqual(bench.owner.drainRows(), [], "nothing is counted before the end of the block");
          decide(res);
        }
        const delta = bench.owner.drain();
        assert.deepEqual(delta.failures.map((failure) => failure.text), failures);
        assert.deepEqual(delta.entries.map((row) => row.requests), [1]);
        assert.equal(bench.owner.inFlight, 0);
      });
    }
  }

  test(`${client} catchResponse: a ResponseError of the function is the failure and goes no further`, async () => {
    await using bench = await openBench(client, PAGES);
    await bench.session.get("/ok", {
      catchResponse: () => {
        throw new ResponseError("too few items");
      },
    });
    assert.deepEqual(bench.owner.drainFailures(), ["too few items"]);
  });

  for (const thrown of [new TypeError("bug"), new RescheduleTask(), new StopUser()]) {
    test(`${client} catchResponse: ${thrown.name} without a verdict is not counted and passes on`, async () => {
      await using bench = await openBench(client, PAGES);
      const call = bench.session.get("/404", {
        catchResponse: () => {
          throw thrown;
        },
      });
      await assert.rejects(call, thrown);
      assert.deepEqual([bench.owner.drainRows(), bench.owner.inFlight], [[], 0]);
    });

    test(`${client} catchResponse: ${thrown.name} behind a verdict passes on, the verdict is counted`, async () => {
      await using bench = await openBench(client, PAGES);
      const call = bench.session.get("/404", {
        catchResponse: (res) => {
          res.success();
          throw thrown;
        },
      });
      await assert.rejects(call, thrown);
      assert.deepEqual([bench.owner.drainRows(), bench.owner.inFlight], [["GET /404 1/0"], 0]);
    });
  }

  test(`${client} await using: the status decides when the block throws`, async () => {
    await using bench = await openBench(client, PAGES);
    await assert.rejects(async () => {
      await using res = await bench.session.get("/404", { catchResponse: true });
      throw new Error(`bug at ${res.status}`);
    }, { message: "bug at 404" });
    assert.deepEqual([bench.owner.drainRows(), bench.owner.inFlight], [["GET /404 1/1"], 0]);
  });

  test(`${client} a user that is stopped inside its block has still made the request`, async () => {
    await using bench = await openBench(client, PAGES);
    const call = bench.session.get("/ok", {
      catchResponse: async () => {
        bench.owner.isStopping = true;
        await bench.session.get("/ok");
      },
    });
    await assert.rejects(call, UserStopped);
    assert.deepEqual([bench.owner.drainRows(), bench.owner.inFlight], [["GET /ok 1/0"], 0]);
  });

  test(`${client} catchResponse: time in the block is not a response time, requestMeta can be edited`, async () => {
    await using bench = await openBench(client, PAGES);
    bench.owner.listen();
    const res = await bench.session.get("/ok", {
      context: { a: 1 },
      catchResponse: async (res) => {
        await letRealTimePass(30);
        assert.equal(res.requestMeta.responseTime, res.elapsed);
        assert.equal(res.requestMeta.responseLength, 4);
      },
    });
    assert.equal(sumUsOf(bench.owner.drainRow()), Math.round(res.elapsed * 1000));
    await bench.session.get("/ok", {
      catchResponse: (res) => {
        res.requestMeta.name = "edited";
        res.requestMeta.method = "WAIT";
        res.requestMeta.responseTime = 1500;
        res.requestMeta.responseLength = 99;
        res.requestMeta.context.b = 2;
      },
    });
    const row = bench.owner.drainRow();
    assert.deepEqual([row.method, row.name, sumUsOf(row), row.bytes], ["WAIT", "edited", 1_500_000, 99]);
    const event = bench.owner.events.at(-1)!;
    assert.deepEqual([event.requestType, event.name, event.responseTime, event.context], ["WAIT", "edited", 1500, {
      b: 2,
    }]);
    assert.equal(res.requestMeta.name, "/ok");
  });

  test(`${client} raiseForStatus() honours the verdict`, async () => {
    await using bench = await openBench(client, PAGES);
    await bench.session.get("/404", {
      catchResponse: (res) => {
        assert.throws(() => res.raiseForStatus(), { name: "HttpError" });
        res.success();
        res.raiseForStatus();
        res.failure(new RangeError("mine"));
        assert.throws(() => res.raiseForStatus(), { name: "RangeError" });
      },
    });
  });

  test(`${client} success() and failure() outside a block are errors that say what to do`, async () => {
    await using bench = await openBench(client, PAGES);
    const res = await bench.session.get("/ok");
    assert.throws(() => res.success(), { name: "LocustError", message: /not sent with catchResponse; pass/ });
    assert.throws(() => res.failure("x"), /res\.failure\(\)/);
    const late = await bench.session.get("/ok", { catchResponse: () => {} });
    assert.throws(() => late.success(), /its catchResponse block has ended/);
    const using_ = await bench.session.get("/ok", { catchResponse: true });
    await using_[Symbol.asyncDispose]();
    await using_[Symbol.asyncDispose]();
    assert.throws(() => using_.success(), /has ended/);
    assert.deepEqual(bench.owner.drainRows(), ["GET /ok 3/0"]);
  });

  test(`${client} without a response a block still decides, and json() tells what happened`, async () => {
    await using bench = await openBench(client);
    await bench.session.get("http://127.0.0.1:1/", { name: "a", catchResponse: async (res) => void await res.json() });
    await bench.session.get("http://127.0.0.1:1/", { name: "b", catchResponse: (res) => res.success() });
    const delta = bench.owner.drain();
    assert.deepEqual(delta.failures.map(({ name, text }) => [name, text]), [["a", "ConnectionRefused"]]);
    assert.deepEqual(delta.entries.map((row) => [row.name, row.requests]), [["a", 1], ["b", 1]]);
  });

  test(`${client} rest() sends and reads JSON`, async () => {
    await using bench = await openBench(client);
    const res = await bench.session.rest<{ body: string }>("post", "/echo", { json: { a: 1 } }, (res) => {
      assert.equal(res.js.body, '{"a":1}');
    });
    assert.equal(res.js.body, '{"a":1}');
    const { headers } = bench.system.seen[0]!;
    assert.deepEqual([headers["content-type"], headers.accept], ["application/json", "application/json"]);
    await bench.session.rest("GET", "/own", { headers: { accept: "application/x" } });
    assert.equal(bench.system.seen[1]!.headers.accept, "application/x");
    assert.deepEqual(bench.owner.drainRows(), ["POST /echo 1/0", "GET /own 1/0"]);
  });

  for (
    const [path, js, failures] of [
      ["/json", { id: 7 }, []],
      ["/empty", null, []],
      ["/json404", { error: "gone" }, ["HttpError 404 Not Found"]],
    ] as const
  ) {
    test(`${client} rest() of ${path}`, async () => {
      await using bench = await openBench(client, PAGES);
      const res = await bench.session.rest("GET", path);
      assert.deepEqual([res.js, bench.owner.drainFailures()], [js, failures]);
    });
  }

  test(`${client} rest() counts what is not JSON with the first 250 characters and the status`, async () => {
    await using bench = await openBench(client, PAGES);
    const res = await bench.session.rest("GET", "/html");
    assert.equal(res.js, null);
    const [text = ""] = bench.owner.drainFailures();
    assert.ok(
      text.startsWith(`Could not parse response as JSON. <p>${"x".repeat(247)}, response code 200, error `),
      text,
    );
  });

  test(`${client} rest() without a response counts the network's failure`, async () => {
    await using bench = await openBench(client);
    const res = await bench.session.rest("GET", "http://127.0.0.1:1/", { name: "x" });
    assert.deepEqual([res.js, res.status, bench.owner.drainFailures()], [null, 0, ["ConnectionRefused"]]);
  });

  test(`${client} rest() swallows its block's errors: they are the failure`, async () => {
    await using bench = await openBench(client, PAGES);
    const fail = async (thrown: unknown) => {
      await bench.session.rest("GET", "/json", () => {
        throw thrown;
      });
      return bench.owner.drainFailures()[0];
    };
    const assertion = (message: string) => new assert.AssertionError({ message });
    assert.equal(await fail(assertion("no id")), "no id");
    assert.equal(await fail(assertion("no id,")), 'no id, response was {"id":7}');
    assert.equal(await fail(assertion("")), "Assertion failed");
    assert.match(
      String(await fail(new TypeError("bug"))),
      /^TypeError: bug at session_blocks_test\.ts:\d+.*Response was \{"id":7\}$/,
    );
    assert.match(String(await fail(new RescheduleTask())), /^RescheduleTask/);
    await assert.rejects(fail(new UserStopped()), UserStopped);
    assert.deepEqual([bench.owner.drainRows(), bench.owner.inFlight], [["GET /json 1/0"], 0]);
  });

  test(`${client} rest() lets the block's own verdict stand`, async () => {
    await using bench = await openBench(client, PAGES);
    await bench.session.rest("GET", "/json404", (res) => res.success());
    assert.deepEqual(bench.owner.drainRows(), ["GET /json404 1/0"]);
  });

  test(`${client} rest_() adds the time, not to the name`, async () => {
    await using bench = await openBench(client, PAGES);
    await bench.session.rest_("GET", "/json");
    await bench.session.rest_("GET", "/json?a=1", { name: "mine" });
    assert.match(bench.system.seen[0]!.url, /^\/json\?_=\d{13}$/);
    assert.match(bench.system.seen[1]!.url, /^\/json\?a=1&_=\d{13}$/);
    assert.deepEqual(bench.owner.drainRows(), ["GET /json?_=... 1/0", "GET mine 1/0"]);
  });
}
