/**
 * Loaded before each test file. In CI the property tests draw the same cases each time, so that a change is judged by what it
 * changed; by hand they draw new ones, and a counterexample that is found prints its seed.
 */
import process from "node:process";
import fc from "fast-check";

const CI_SEED = 20_261_124;

if (process.env["CI"] === "true") fc.configureGlobal({ seed: CI_SEED });
