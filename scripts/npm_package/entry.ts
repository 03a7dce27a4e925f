/**
 * The library as Node.js, Bun and Deno import it from the npm package. What Node.js 20 lacks of the language is added first: promises with their
 * resolvers, methods of iterators and of sets.
 */
import "core-js/actual/promise/index.js";
import "core-js/actual/iterator/index.js";
import "core-js/actual/set/index.js";

export * from "../../mod.ts";
