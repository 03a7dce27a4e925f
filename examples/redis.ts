/** A user over an npm client: `npm install redis` beside this file, then
 *  `locust-ts run examples/redis.ts -H redis://localhost:6379 -u 50`. Every command is a sample of type `REDIS`. */
import { createClient } from "redis";
import { constantPacing, events, task, User } from "locust-ts";

/** A client that fails at once instead of reconnecting in the background: a load test must see the failure. */
function createRedis(url: string) {
  return createClient({ url, socket: { reconnectStrategy: false } });
}

type Redis = ReturnType<typeof createRedis>;

export class CacheUser extends User {
  override waitTime = constantPacing(0.1); // ten rounds a second
  #redis: Redis | undefined;

  override async onStart() {
    const redis = this.#redis = createRedis(this.host);
    redis.on("error", () => {}); // the command that fails is counted: it needs no second report
    await this.#measure("connect", () => redis.connect());
  }

  override onStop() {
    this.#redis?.destroy();
  }

  @task(3)
  async read() {
    await this.#measure("GET", (redis) => redis.get(this.#key()));
  }

  @task
  async write() {
    await this.#measure("SET", (redis) => redis.set(this.#key(), this.random.string(100), { EX: 60 }));
  }

  #key(): string {
    return `item:${this.random.integer(1, 1000)}`;
  }

  /** One command as one sample, named after the command and not after the key. */
  async #measure(name: string, run: (redis: Redis) => Promise<unknown>) {
    await events.request.measure("REDIS", name, async (meta) => {
      const value = await run(this.#redis!);
      meta.responseLength = typeof value === "string" ? value.length : 0;
    });
  }
}
