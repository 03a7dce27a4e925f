/**
 * A tab of one's own in the web UI, fed by data of the users, with a download and an address for programs. Start it with `--web`;
 * with `--web-login` it asks for a user and a password of its own.
 */
import { between, events, HttpUser, task } from "locust-ts";

/** Bytes of the responses by the name of the request. */
type Lengths = Record<string, number>;

/** In a thread: what came since the last report. In the control thread: everything. */
let lengths: Lengths = {};

events.request.addListener(({ name, responseLength }) => {
  lengths[name] = (lengths[name] ?? 0) + responseLength;
});

events.reportToMaster.addListener(({ data }) => {
  data["lengths"] = lengths;
  lengths = {};
});

events.workerReport.addListener(({ data }) => {
  for (const [name, bytes] of Object.entries((data["lengths"] ?? {}) as Lengths)) {
    lengths[name] = (lengths[name] ?? 0) + bytes;
  }
});

events.resetStats.addListener(() => {
  lengths = {};
});

// `webUi` is there in the control thread, and only with `--web`. All of this has to be added here.
events.init.addListener(({ webUi }) => {
  if (webUi === undefined) return;
  webUi.profiles = ["smoke", "peak"];

  webUi.addTab({
    key: "content-length",
    title: "Content Length",
    columns: [{ key: "name", title: "Name" }, { key: "bytes", title: "Total content length (bytes)" }],
    rows: () => Object.entries(lengths).map(([name, bytes]) => ({ name, bytes })),
  });

  webUi.route("GET", "/content-length", () => lengths);
  webUi.route("GET", "/content-length/csv", () => {
    const lines = Object.entries(lengths).map(([name, bytes]) => `"${name.replaceAll('"', '""')}",${bytes}`);
    return new Response(["Name,Total content length", ...lines, ""].join("\r\n"), {
      headers: { "Content-Type": "text/csv", "Content-Disposition": "attachment; filename=content_length.csv" },
    });
  });
  webUi.addDownload({ title: "Download content length CSV", href: "/content-length/csv" });

  webUi.setLogin({
    title: "Load tests of the shop",
    check: ({ username, password }) =>
      username === "tester" && password === "a password"
        ? "operator"
        : "There is no such user, or the password is wrong.",
  });
});

export class Customer extends HttpUser {
  override waitTime = between(0.5, 1);

  @task(3)
  async browse() {
    await this.client.get("/items?page=1");
  }

  @task
  async look() {
    await this.client.get("/items/1", { name: "/items/[id]" });
  }
}
