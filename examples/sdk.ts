/**
 * A library that makes its own requests, as many SDKs do, with the connections, cookies and statistics of a user: give it
 * `this.client.fetch`. Rows get their names from `requestName`, because the library does not know them.
 */
import { constant, HttpUser, task } from "locust-ts";

/** Stands for somebody else's package: it takes a `fetch` and knows paths. */
class ShopSdk {
  readonly #baseUrl: string;
  readonly #fetch: (url: string, init?: RequestInit) => Promise<Response>;

  constructor(
    options: { readonly baseUrl: string; readonly fetch: (url: string, init?: RequestInit) => Promise<Response> },
  ) {
    this.#baseUrl = options.baseUrl;
    this.#fetch = options.fetch;
  }

  async item(id: number): Promise<{ readonly id: number }> {
    const response = await this.#fetch(`${this.#baseUrl}/items/${id}`);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json() as { readonly id: number };
  }

  async search(word: string): Promise<unknown> {
    const response = await this.#fetch(`${this.#baseUrl}/search?q=${encodeURIComponent(word)}`);
    return await response.json();
  }
}

export class SdkUser extends HttpUser {
  override waitTime = constant(1);
  readonly #shop = new ShopSdk({ baseUrl: this.host, fetch: (url, init) => this.client.fetch(url, init) });

  @task(3)
  async item() {
    using _ = this.client.renameRequest("/items/[id]"); // to the end of this block
    await this.#shop.item(this.random.integer(1, 20));
  }

  @task
  async search() {
    await this.client.renameRequest("/search", () => this.#shop.search("lamp"));
  }
}
