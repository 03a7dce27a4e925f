/**
 * A visitor as a Markov chain: after each page the weights of its transitions decide which comes next, so that the paths through
 * the shop look like those of real people. Mistakes in the chain are found when the locustfile is loaded.
 */
import { between, HttpUser, MarkovTaskSet, transition, transitions } from "locust-ts";

class Visit extends MarkovTaskSet<Visitor> {
  /** The first state is where every visit starts. */
  @transition("list", 3)
  @transition("search")
  async home() {
    await this.client.get("/");
  }

  @transitions({ item: 5, list: 3, home: 1 })
  async list() {
    await this.client.get(`/items?page=${this.random.integer(1, 9)}`, { name: "/items?page=[n]" });
  }

  @transitions(["home", ["item", 4]])
  async search() {
    await this.client.get("/search?q=lamp");
  }

  @transitions({ list: 6, search: 2, leave: 2 })
  async item() {
    await this.client.get(`/items/${this.random.integer(1, 20)}`, { name: "/items/[id]" });
  }

  @transition("home")
  leave() {
    this.interrupt(false);
  }
}

export class Visitor extends HttpUser {
  static override tasks = [Visit];
  override waitTime = between(0.5, 2);
}
