/**
 * The clock of what a script makes by hand, with no run around it: `new Environment()`, `new HttpSession()`, a user in
 * a unit test of its own. There is no composition root that could hand them one. Everything else gets its clock as an
 * argument.
 */
import { type Clock, systemClock } from "./clock.ts";

export const detachedClock: Clock = systemClock;
