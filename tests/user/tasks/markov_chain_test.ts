import assert from "node:assert/strict";
import { test } from "node:test";
import { transition } from "../../../src/user/tasks/decorators.ts";
import { nextState, readMarkovChain } from "../../../src/user/tasks/markov_chain.ts";
import { MarkovTaskSet } from "../../../src/user/tasks/task_set.ts";

test("readMarkovChain() switches a transition of weight 0 off, with a warning", () => {
  class Visit extends MarkovTaskSet {
    @transition("look", 3)
    @transition("buy", 0)
    enter() {}
    @transition("enter")
    look() {}
    @transition("enter")
    buy() {}
  }
  const { chain, problems, warnings } = readMarkovChain(Visit);
  assert.deepEqual(problems, []);
  assert.deepEqual(warnings, [
    'its transition from "enter" to "buy" has the weight 0: it is switched off',
    'no path leads from its first state to "buy"; add a transition or remove what never runs',
  ]);
  for (const draw of [0, 0.5, 0.999]) assert.equal(nextState(chain, 0, draw), 1);
});

test("readMarkovChain() refuses weights that are not a whole number from 0, and a state without a way out", () => {
  class Visit extends MarkovTaskSet {
    @transition("enter", 0)
    enter() {}
    @transition("enter", -1)
    look() {}
    @transition("enter", 1.5)
    buy() {}
  }
  assert.deepEqual(readMarkovChain(Visit).problems.map(({ message }) => message), [
    'every transition from "enter" has the weight 0; give one of them more',
    'its transition from "look" to "enter" has the weight -1; give a whole number from 0',
    'its transition from "buy" to "enter" has the weight 1.5; give a whole number from 0',
  ]);
});
